import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledCommand, startProcess, type Finished } from '../support/process.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { manifestFile, readResult } from '../acceptance/support/world.ts';

let folder: string;
let command: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maestro-cli-start-'));
  command = join(folder, 'maestro-cli.cjs');
  const bundle = await bundledCommand();
  cpSync(dirname(bundle), folder, { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in a Node that has first run `before`, as a script of CommonJS. */
async function runAfter(before: string, argv: readonly string[]): Promise<Finished> {
  const file = join(folder, 'before.cjs');
  writeFileSync(file, before);
  return startProcess(process.execPath, ['--require', file, command, ...argv]).done;
}

describe('the start of the command', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 143],
  ])('keeps a %s that comes while the scripts are loaded, and records it', async (signal, exitCode) => {
    const result = join(folder, 'result.json');
    // The loader opens this script first of all.
    const before = `const fs = require('node:fs'); const { openSync } = fs;
      fs.openSync = (file, ...rest) => { if (String(file).endsWith('start.cjs')) process.kill(process.pid, '${signal}'); return openSync(file, ...rest); };`;
    const ended = await runAfter(before, [
      'apply',
      '-f',
      manifestFile(folder, 'w'),
      '--consumer=c1',
      `--results-path=${result}`,
      '--results-format=adapter-result',
      '--http-endpoint=http://127.0.0.1:1',
      '--grpc-endpoint=grpc://127.0.0.1:1',
    ]);
    expect(ended, ended.stderr).toMatchObject({ exitCode, signal: null });
    expect(readResult(result)).toMatchObject({
      status: 'failure',
      reason: 'Interrupted',
      phase: 'Failed',
      details: { exitCode },
    });
  });

  it.each([
    [
      ['__complete', '--', 'li'],
      ['start', 'complete'],
    ],
    [
      ['__complete', '--', 'list', '--status='],
      ['start', 'complete'],
    ],
    [
      ['__complete', '--', 'apply', ''],
      ['start', 'complete'],
    ],
  ])('loads nothing else for %j: a person waits for the answer to a Tab', async (argv, scripts) => {
    const list = join(folder, 'opened.txt');
    const before = `const fs = require('node:fs'); const { openSync } = fs;
      fs.openSync = (file, ...rest) => { fs.appendFileSync('${list}', file + '\\n'); return openSync(file, ...rest); };`;
    expect(await runAfter(before, argv)).toMatchObject({ exitCode: 0, stderr: '' });
    const opened = readFileSync(list, 'utf8').match(/[\w-]+(?=\.cjs\n)/g);
    expect(opened?.filter((name) => name !== 'loader' && name !== 'maestro-cli')).toEqual(scripts);
  });

  it('says in two lines that a script is missing, and ends with 70', async () => {
    rmSync(join(folder, 'maestro-cli/start.cjs'));
    expect(await runAfter('', ['version'])).toMatchObject({
      exitCode: 70,
      stdout: '',
      stderr:
        'error: maestro-cli cannot start: the installation lacks start.cjs\nhint: The installation is damaged; install it again.\n',
    });
  });

  it('tells a script that is damaged the same way', async () => {
    writeFileSync(join(folder, 'maestro-cli/start.cjs'), '(function(define){');
    const { exitCode, stderr } = await runAfter('', ['version']);
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/^error: maestro-cli cannot start: .+\nhint: .+\n$/);
  });

  it('compiles the source when the code cache does not fit', async () => {
    writeFileSync(join(folder, 'maestro-cli/start.cache'), 'of another V8');
    expect(await runAfter('', ['version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^maestro-cli /) as string,
      stderr: '',
    });
  });

  /** Runs an apply, and tells the modules of Node and the scripts that it loaded, and what else it began. */
  async function loadedBy(standIn: StandIn, work: string, flags: readonly string[]): Promise<readonly string[]> {
    const list = `const fs = require('node:fs'); const { openSync } = fs; const opened = [];
      fs.openSync = (file, ...rest) => { opened.push(String(file)); return openSync(file, ...rest); };
      const { toISOString } = Date.prototype;
      Date.prototype.toISOString = function () { opened.push('local time zone'); return toISOString.call(this); };
      const threads = '/proc/self/task';
      const nameOf = (id) => fs.readFileSync(threads + '/' + id + '/comm', 'utf8').trim();
      const all = () => [...process.moduleLoadList, ...opened, ...fs.readdirSync(threads).map(nameOf)];
      process.on('exit', () => fs.writeSync(2, all().join('\\n')));`;
    const ended = await runAfter(list, [
      'apply',
      '-f',
      work,
      '--consumer=c1',
      ...flags,
      `--results-path=${join(folder, 'result.json')}`,
      `--http-endpoint=${standIn.httpEndpoint}`,
      `--grpc-endpoint=${standIn.grpcEndpoint}`,
      '--grpc-plaintext',
    ]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    return ended.stderr.split('\n').map((line) => line.replace('NativeModule ', ''));
  }

  it('loads nothing for an apply but what it needs', async () => {
    await using standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 10 } });
    const work = manifestFile(folder, 'w');
    const waiting = await loadedBy(standIn, work, ['--watch']);
    expect(waiting).toContain('http2');
    // Each costs a start a twentieth of an empty script or more (docs/decisions/0004-start-up.md); a work that is
    // new asks for a list as well, which comes packed and takes zlib.
    const dear = ['dns', 'fs/promises', 'perf_hooks', 'v8', 'worker_threads'];
    // V8 takes 1 MiB for the time zone of toISOString, and Node starts four threads for the first call that needs one.
    const begun = ['local time zone', 'libuv-worker'];
    expect(waiting.filter((name) => [...dear, ...begun].includes(name))).toEqual([]);
    expect(waiting).toContainEqual(expect.stringMatching(/apply\.cjs$/));
    expect(waiting.filter((name) => /cloudevents|grpc-js/.test(name))).toEqual([]);

    const unchanged = await loadedBy(standIn, work, []);
    expect(unchanged).toContain('http');
    expect(unchanged.filter((name) => [...dear, ...begun, 'crypto', 'http2', 'tls', 'zlib'].includes(name))).toEqual(
      [],
    );
    expect(unchanged.filter((name) => /cloudevents|grpc-js/.test(name))).toEqual([]);
  });
});
