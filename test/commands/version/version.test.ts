import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/run-cli.ts';

describe('version', () => {
  it('prints text, or one json value', async () => {
    expect((await runCli(['version'])).stdout).toMatch(/^maestro-cli \S+ \(commit .*Node 24\.0\.0, test-x64\)\n$/);
    expect(JSON.parse((await runCli(['version', '-o', 'json'])).stdout)).toMatchObject({
      node: '24.0.0',
      platform: 'test-x64',
      version: expect.any(String) as string,
    });
    expect(await runCli(['version', '-o', 'yaml'])).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('prints licences as text alone, and says that sources have none', async () => {
    expect(await runCli(['version', '--licenses', '-o', 'json'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--licenses prints text, and no -o json') as string,
    });
    expect(await runCli(['version', '--licenses'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('this runs from its sources') as string,
    });
  });
});
