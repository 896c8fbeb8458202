import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { commandWords, startProcess, type Finished } from '../support/process.ts';
import { emptyFolder } from '../support/run-cli.ts';
import { manifestFile } from './support/world.ts';

/** util-linux has a `script` that runs a command on a pseudo-terminal; others differ. */
const script = spawnSync('script', ['--version'], { encoding: 'utf8' });
const hasTerminal = script.status === 0 && script.stdout.includes('util-linux');

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 700 } });
});
afterAll(() => standIn.close());

async function applyWatch(
  name: string,
  how: 'terminal' | 'pipe',
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const folder = emptyFolder();
  const argv = ['apply', '-f', manifestFile(folder, name), '--consumer=c1', '--watch', '--timeout=20s'];
  const command = [...(await commandWords()), ...argv];
  const options = {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      TERM: 'xterm-256color',
      MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
      MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
      ...env,
    },
  };
  const [file = '', ...rest] = how === 'terminal' ? ['script', '-qec', command.join(' '), '/dev/null'] : command;
  return startProcess(file, rest, options).done;
}

describe('what a person sees while an apply is waited for', () => {
  it.skipIf(!hasTerminal)('is a coloured spinner on a terminal (skipped without script of util-linux)', async () => {
    const { exitCode, stdout } = await applyWatch('on-terminal', 'terminal');
    expect(exitCode, stdout).toBe(0);
    // Frames of the spinner in cyan, one after another on one line, with where the work stands and the time.
    // eslint-disable-next-line no-control-regex -- colours are control sequences
    expect(stdout.match(/\u001B\[36m[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]\u001B\[39m/gu)?.length).toBeGreaterThan(2);
    expect(stdout).toContain('Applied 0/1 · 1 pending · 0s of 20s');
    expect(stdout).toContain('the agent has not reported this work yet on 1: c1');
    expect(stdout).toContain('created (version 1)');
    expect(stdout).toContain('condition met: Applied (version 1)');
    // Nothing of it is left at the end.
    expect(stdout.slice(stdout.lastIndexOf('Applied 0/1'))).toContain('\u001B[2K');
  });

  it.skipIf(!hasTerminal)('has no colour with NO_COLOR (skipped without script of util-linux)', async () => {
    const { exitCode, stdout } = await applyWatch('no-colour', 'terminal', { NO_COLOR: '1' });
    expect(exitCode, stdout).toBe(0);
    // eslint-disable-next-line no-control-regex -- colours are control sequences
    expect(stdout).not.toMatch(/\u001B\[\d+m/);
  });

  it('is a plain line for each change in a pipe', async () => {
    const { exitCode, stdout, stderr } = await applyWatch('in-pipe', 'pipe');
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).not.toContain('\u001B');
    expect(stderr).toBe('in-pipe: the agent has not reported this work yet (written 0s ago)\n');
    expect(stdout).toBe(
      [
        'manifestwork.work.open-cluster-management.io/in-pipe created (version 1)',
        'manifestwork.work.open-cluster-management.io/in-pipe condition met: Applied (version 1)',
        '',
      ].join('\n'),
    );
  });
});
