import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram, type ProgramHost, type ProgramOptions } from '../../src/io/run-program.ts';
import { systemClock } from '../../src/clock.ts';
import { MaestroError } from '../../src/errors.ts';
import { emptyFolder, runs } from '../support/run-cli.ts';

const collect = { streams: 'collect' } as const satisfies ProgramOptions;

function host(more: Partial<ProgramHost> = {}): ProgramHost {
  return {
    env: { PATH: process.env['PATH'] },
    cwd: emptyFolder(),
    signal: new AbortController().signal,
    kill: (pid, name) => void process.kill(pid, name),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    ...more,
  };
}

async function text(script: string, options: ProgramOptions = collect, more: Partial<ProgramHost> = {}) {
  const end = await runProgram(['sh', '-c', script], options, host(more));
  return end.kind === 'ended' ? { ...end, stdout: new TextDecoder().decode(end.stdout) } : end;
}

it('gives back what a program writes, and its exit code', async () => {
  expect(await text('echo out; echo err >&2; exit 3')).toEqual({
    kind: 'ended',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

it('starts it in the folder and with the environment that it is given, and with an empty input', async () => {
  const cwd = emptyFolder();
  const env = { PATH: process.env['PATH'], GREETING: 'hello' };
  expect(await text('pwd; echo "$GREETING"; cat', collect, { cwd, env })).toMatchObject({ stdout: `${cwd}\nhello\n` });
});

it('takes no word of its arguments for one of a shell', async () => {
  const end = await runProgram(['printf', '%s', '$(id); `id` | x'], collect, host());
  expect(end).toMatchObject({ kind: 'ended', exitCode: 0, stdout: Buffer.from('$(id); `id` | x') });
});

it('tells a program that is not there from one that may not be started', async () => {
  expect(await runProgram(['no-such-program-anywhere'], collect, host())).toEqual({ kind: 'absent' });
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'plain'), 'text', { mode: 0o644 });
  expect(await runProgram([join(cwd, 'plain')], collect, host())).toEqual({ kind: 'notStarted', code: 'EACCES' });
});

it('ends one that writes more than it may, or takes longer', async () => {
  expect(await text('while :; do echo 0123456789; done', { ...collect, maxBytes: 1000 })).toEqual({
    kind: 'tooLong',
    maxBytes: 1000,
  });
  expect(await text('sleep 60', { ...collect, timeoutMs: 20 })).toEqual({ kind: 'timedOut', timeoutMs: 20 });
});

it('keeps the beginning of a long complaint', async () => {
  const end = await text('i=0; while [ $i -lt 9000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 1');
  expect(end).toMatchObject({ kind: 'ended', exitCode: 1 });
  if (end.kind !== 'ended') throw new Error(end.kind);
  expect(end.stderr.startsWith('line 0\nline 1\n')).toBe(true);
  expect(end.stderr.length).toBe(64 * 1024);
});

it('ends it, and what it started, when the run is stopped', async () => {
  const stop = new AbortController();
  const cwd = emptyFolder();
  const running = text('sleep 60 & echo $! >pid.new; mv pid.new pid; wait', collect, { cwd, signal: stop.signal });
  await expect.poll(() => existsSync(join(cwd, 'pid'))).toBe(true);
  const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
  stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
  await expect(running).rejects.toThrow('interrupted by SIGINT');
  await expect.poll(() => runs(pid)).toBe(false);
});
