import { describe, expect, it } from 'vitest';
import { uiCommand } from '../../../src/commands/ui/command.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli } from '../../support/run-cli.ts';

describe('argv to options', () => {
  it.each([
    [[], { allowChanges: false, clipboard: false, source: 'maestro-cli', timeoutMs: Number.POSITIVE_INFINITY }],
    [['--allow-changes', '--source-id=team'], { allowChanges: true, source: 'team' }],
    [['--kubeconfig=hub.yaml', '--kube-context=prod'], { hub: { kubeconfig: 'hub.yaml', context: 'prod' } }],
    [['--clipboard', '--timeout=5m'], { clipboard: true, timeoutMs: 300_000 }],
  ])('%j', (argv, expected) => {
    expect(parseFor(uiCommand, argv)).toMatchObject(expected);
  });
});

it('says where there is no terminal what to use in its place, before anything is sent', async () => {
  const { exitCode, stdout, stderr } = await runCli(['ui']);
  expect(exitCode).toBe(ExitCode.Usage);
  expect(stdout).toBe('');
  expect(stderr).toContain('ui needs a terminal, and standard input or output is none');
  expect(stderr).toContain('maestro-cli list, maestro-cli watch and maestro-cli describe');
});
