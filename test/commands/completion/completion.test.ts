import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commonFlags } from '../../../src/command-line/common-flags.ts';
import { flagSyntaxes } from '../../../src/command-line/flag-syntax.ts';
import { commands } from '../../../src/commands/index.ts';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

const present = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe('the scripts', () => {
  test.each(['bash', 'zsh', 'fish'])('%s takes its script without a word', async (shell) => {
    if (!present(shell)) return;
    const { stdout } = await runCli(['completion', shell]);
    const path = join(emptyFolder(), `script.${shell}`);
    writeFileSync(path, stdout);
    expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])('that for %s has no grammar of its own: it asks', async (shell) => {
    const { stdout } = await runCli(['completion', shell]);
    expect(stdout).toMatch(/ __complete /);
    for (const flag of commands.flatMap(({ flags }) => [...flags, ...commonFlags]))
      expect(stdout).not.toMatch(new RegExp(`${flagSyntaxes(flag)[0].long}\\b`));
  });

  // PowerShell is not to be had on the machines that run the tests.
  test('that for PowerShell asks as the program takes it, and reads each directive that there is', async () => {
    const { stdout } = await runCli(['completion', 'powershell']);
    expect(stdout).toContain("$options = if ($current -eq '') { @('--new-word') } else { @() }");
    expect(stdout).toContain("& $program __complete @options '--' @words 2>$null");
    for (const directive of ['-eq 0', '-eq 16', '-band 2']) expect(stdout).toContain(`$directive ${directive}`);
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(stdout.split(open ?? '').length, open).toBe(stdout.split(close ?? '').length);
    }
  });

  test('an unknown shell is a usage error that names those known', async () => {
    const run = await runCli(['completion', 'tcsh']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('bash, zsh, fish, powershell');
  });
});
