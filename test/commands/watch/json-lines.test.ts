import { expect, it } from 'vitest';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

const nobody = ['--http-endpoint=http://127.0.0.1:1', '--grpc-endpoint=grpc://127.0.0.1:1', '--timeout=300ms'];

it.each([
  { argv: ['watch', '--all-consumers', '--via=poll'] },
  { argv: ['list', '--watch', '--all-consumers', '--via=poll'] },
  { argv: ['events', 'w', '--consumer=c1', '--follow', '--via=poll'] },
  { argv: ['events', 'w', '--consumer=c1'] },
])('$argv: an error is one line too, where each line is one JSON value', async ({ argv }) => {
  const { exitCode, stdout } = await runCli([...argv, ...nobody, '-o', 'json'], { cwd: emptyFolder() });
  expect(exitCode).toBe(8);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error: { code: 'unavailable', exitCode: 8 } });
});

it('an error of a list that is one document is one too', async () => {
  const { exitCode, stdout } = await runCli(['list', '--all-consumers', ...nobody, '-o', 'json'], {
    cwd: emptyFolder(),
  });
  expect(exitCode).toBe(8);
  expect(stdout).toMatch(/^\{\n {2}"error": \{\n/);
});
