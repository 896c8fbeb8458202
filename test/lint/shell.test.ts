import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/run-cli.ts';

function isInstalled(): boolean {
  try {
    execFileSync('shellcheck', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** `-nt`, which every shell that we meet has although POSIX has not; and `name= other=`. */
const allowed = 'SC3013,SC1007';

const installed = isInstalled();
if (!installed) console.log('test/lint: scripts for a shell are not checked, because shellcheck is not installed');

interface Action {
  readonly runs: { readonly steps: readonly { readonly name: string; readonly run: string }[] };
}

const action = parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as Action;

describe.skipIf(!installed)('shellcheck finds nothing to warn of', () => {
  const scripts = globSync(['integrations/*.sh', 'scripts/**/*.sh', '.ci/run', 'bin/maestro-cli'], {
    cwd: projectRoot,
  });

  it.each(scripts)('in %s', (script) => {
    const { status, stdout } = spawnSync('shellcheck', ['--severity=warning', `--exclude=${allowed}`, script], {
      cwd: projectRoot,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it.each(action.runs.steps)('in the step $name of the action', ({ run }) => {
    const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', '--severity=style', '-'], {
      input: run,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
