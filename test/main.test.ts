import { EventEmitter } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { main, type Host } from '../src/main.ts';
import { emptyFolder } from './support/run-cli.ts';

interface Ended {
  readonly exitCode: Host['exitCode'];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in a process of which one member cannot be had. */
async function runWithout(
  member: string | undefined,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += String(chunk);
        done();
      },
    });
  const { version, platform, arch, pid } = process;
  const host = Object.assign(new EventEmitter(), {
    argv: ['node', 'maestro-cli', ...argv],
    version,
    platform,
    arch,
    pid,
    env,
    stdout: output('stdout'),
    stderr: output('stderr'),
    cwd: () => process.cwd(),
    exit: () => undefined,
    exitCode: undefined,
  }) as unknown as Host;
  const refuse = (): never => {
    throw Object.assign(new Error(`ENOENT: no such file or directory, ${member}`), { code: 'ENOENT' });
  };
  if (member === 'cwd') host.cwd = refuse;
  else if (member !== undefined) Object.defineProperty(host, member, { get: refuse });
  await main(host);
  return { exitCode: host.exitCode, ...written };
}

describe('a process that lacks something', () => {
  it.each(['version', 'platform', 'arch', 'pid', 'env'])(
    'says so when it has no %s, ends with 70 and leaves a result',
    async (member) => {
      const result = join(emptyFolder(), 'result.json');
      writeFileSync(result, '{"status":"Applied"}');
      const ended = await runWithout(member, [
        'apply',
        '-f',
        'w.yaml',
        '--consumer=c1',
        '--name=w',
        `--results-path=${result}`,
      ]);
      expect(ended).toMatchObject({
        exitCode: 70,
        stdout: '',
        stderr: `error: ENOENT: no such file or directory, ${member}\n`,
      });
      expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({
        manifestWorkName: 'w',
        consumer: 'c1',
        status: 'Failed',
      });
    },
  );

  it('leaves the result where RESULTS_PATH says, in the format that was asked for', async () => {
    const result = join(emptyFolder(), 'result.json');
    await runWithout('pid', ['apply', '-f', 'w.yaml', '--consumer=c1'], {
      RESULTS_PATH: result,
      MAESTRO_RESULTS_FORMAT: 'adapter-result',
    });
    expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({
      status: 'failure',
      reason: 'InternalError',
      details: { exitCode: 70 },
    });
  });

  it('says both when the result cannot be written either', async () => {
    const { exitCode, stderr } = await runWithout('pid', ['apply', '--results-path=/no/such/r.json']);
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(
      /^error: ENOENT.*\nerror: the result file \/no\/such\/r\.json cannot be written: no such file or directory\n$/,
    );
  });

  it('works in a directory that is gone, as far as paths are absolute', async () => {
    expect(await runWithout('cwd', ['version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^maestro-cli /) as string,
      stderr: '',
    });
    const gone = await runWithout('cwd', ['validate', '-f', 'w.yaml'], { PWD: '/no/such/folder' });
    expect(gone).toMatchObject({ exitCode: 4, stdout: expect.stringContaining('no such file or directory') as string });
  });
});
