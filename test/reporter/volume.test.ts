import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { configMapWork, endpoints, storedRow } from '../acceptance/support/world.ts';
import { until } from '../support/process.ts';
import {
  asUser,
  commandUser,
  pod,
  readAsAnother,
  readingUser,
  start,
  type ContainerRun,
  type Pod,
} from './support/container.ts';
import { report, type Reported } from './support/status-reporter.ts';

const asOthers = 'prefix' in asUser(commandUser) && 'prefix' in asUser(readingUser);

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['on', 'off'], agents: { off: { online: false } } });
});

afterAll(() => standIn.close());

let count = 0;

/** A pod whose command applies a work of its own, and waits. */
function workPod(): { readonly place: Pod; readonly name: string } {
  count += 1;
  const name = `volume-${count}`;
  return { place: pod(configMapWork(name)), name };
}

async function apply(place: Pod, consumer: 'on' | 'off'): Promise<ContainerRun> {
  const argv = [
    'apply',
    `--manifest-file=${place.folder}/config/manifest.yaml`,
    `--consumer=${consumer}`,
    '--watch',
    '--timeout=20s',
    `--results-path=${place.results}`,
  ];
  return start(argv, { ...endpoints(standIn), MAESTRO_RESULTS_FORMAT: 'adapter-result', RESULTS_PATH: place.results });
}

async function reported(place: Pod, run: ContainerRun, pollMs = 40): Promise<Reported> {
  return report({
    file: place.results,
    container: run.state,
    pollMs,
    containerMs: 200,
    maxWaitMs: 25_000,
    ...(asOthers ? { read: readAsAnother } : {}),
  });
}

const applied = { condition: { status: 'True', reason: 'Applied' }, exitCode: 0 };
const exited = { condition: { status: 'False', reason: 'AdapterExitedWithError' }, exitCode: 1 };

describe('the file in the shared volume', () => {
  test.skipIf(!asOthers)('is written by one user and read by another, whatever the umask', async () => {
    const { place } = workPod();
    const run = await apply(place, 'on');
    expect(await reported(place, run)).toMatchObject(applied);
    await run.running.done;
    const { uid, mode } = statSync(place.results);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: commandUser, mode: 0o644 });
  });

  test('left by another user in an earlier try is never reported', async () => {
    const { place } = workPod();
    writeFileSync(place.results, '{"status":"success","reason":"Stale","message":"of an earlier try"}');
    const run = await apply(place, 'off');
    await until('the stale file is gone', () => !existsSync(place.results));
    const reporting = reported(place, run);
    run.running.kill('SIGTERM');
    expect(await reporting).toMatchObject({ condition: { status: 'False', reason: 'Interrupted' }, exitCode: 0 });
  });

  test('is whole for a reader that reads it byte by byte while the next try replaces it', async () => {
    const { place, name } = workPod();
    const first = await apply(place, 'on');
    await first.running.done;
    const opened = openSync(place.results, 'r');
    onTestFinished(() => closeSync(opened));
    const length = statSync(place.results).size;
    const bytes = Buffer.alloc(length);
    let at = readSync(opened, bytes, 0, 7, null);
    const second = await apply(place, 'on');
    while (second.state() === 'running' && at < length - 7) {
      at += readSync(opened, bytes, at, 1, null);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await second.running.done;
    while (at < length) at += readSync(opened, bytes, at, length - at, null);
    expect(JSON.parse(bytes.toString())).toMatchObject({
      status: 'success',
      manifestWorkName: name,
      details: { operation: 'created' },
    });
    expect(await reported(place, second)).toMatchObject(applied);
  });

  test('is there for a reporter that looks long after the end', async () => {
    const { place } = workPod();
    const run = await apply(place, 'on');
    await run.running.done;
    expect(await reported(place, run, 2_000)).toMatchObject(applied);
  });
});

describe('what keeps the file from being written is never a success', () => {
  const noRoot = asOthers ? '' : ' (skipped: needs root and setpriv)';

  test.skipIf(!asOthers)(`a read-only directory: nothing is sent${noRoot}`, async () => {
    const { place, name } = workPod();
    chmodSync(place.shared, 0o555);
    const run = await apply(place, 'on');
    expect(await reported(place, run)).toMatchObject(exited);
    const finished = await run.running.done;
    expect(finished.exitCode).toBe(2);
    expect(finished.stderr).toContain('cannot be written');
    expect(await storedRow(standIn, name)).toBeUndefined();
  });

  test('a directory that is missing: nothing is sent', async () => {
    const { place, name } = workPod();
    rmdirSync(place.shared);
    const run = await apply(place, 'on');
    expect(await reported(place, run)).toMatchObject(exited);
    expect((await run.running.done).exitCode).toBe(2);
    expect(await storedRow(standIn, name)).toBeUndefined();
  });

  test('a directory that is removed meanwhile', async () => {
    const { place, name } = workPod();
    const run = await apply(place, 'off');
    await until('the work is accepted', () => run.running.stdout().includes('created'));
    rmSync(place.shared, { recursive: true });
    standIn.setAgent('off', { online: true });
    onTestFinished(() => standIn.setAgent('off', { online: false }));
    const finished = await run.running.done;
    expect(finished.exitCode, finished.stderr).toBe(8);
    expect(finished.stderr).toContain('could not be written');
    expect(await reported(place, run)).toMatchObject(exited);
    expect(await storedRow(standIn, name)).toMatchObject({ version: 1 });
  });

  test('a directory in the place of the file: nothing is sent', async () => {
    const { place, name } = workPod();
    mkdirSync(place.results);
    const run = await apply(place, 'on');
    expect((await run.running.done).exitCode).toBe(2);
    expect(await reported(place, run)).toMatchObject({ condition: { status: 'False' }, exitCode: 1 });
    expect(await storedRow(standIn, name)).toBeUndefined();
  });

  test('SIGKILL before the end leaves no file, and the next try converges', async () => {
    const { place, name } = workPod();
    const killed = await apply(place, 'off');
    await until('the work is accepted', () => killed.running.stdout().includes('created'));
    killed.running.kill('SIGKILL');
    expect(await reported(place, killed)).toMatchObject(exited);
    expect(readdirSync(place.shared)).toEqual([]);
    standIn.setAgent('off', { online: true });
    onTestFinished(() => standIn.setAgent('off', { online: false }));
    const again = await apply(place, 'off');
    expect(await reported(place, again)).toMatchObject(applied);
    expect(await storedRow(standIn, name)).toMatchObject({ version: 1 });
  });

  test('out of memory is told apart', async () => {
    const { place } = workPod();
    const state = { exitCode: 137, reason: 'OOMKilled' } as const;
    expect(
      await report({ file: place.results, container: () => state, pollMs: 10, containerMs: 10, maxWaitMs: 1_000 }),
    ).toMatchObject({ condition: { reason: 'AdapterOOMKilled' } });
  });
});

describe('a full disk', () => {
  const missing = smallDiskMissing();

  test.skipIf(missing !== undefined)(
    `gives no file rather than half of one${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    async () => {
      const { place, name } = workPod();
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=16k,uid=${commandUser},mode=755`, 'tmpfs', place.shared]);
      onTestFinished(() => void execFileSync('umount', [place.shared]));
      const run = await apply(place, 'off');
      await until('the work is accepted', () => run.running.stdout().includes('created'));
      fill(join(place.shared, 'filler'));
      standIn.setAgent('off', { online: true });
      onTestFinished(() => standIn.setAgent('off', { online: false }));
      const finished = await run.running.done;
      expect(finished.exitCode, finished.stderr).toBe(8);
      expect(finished.stderr).toMatch(/could not be written.*no space left on device/s);
      expect(readdirSync(place.shared)).toEqual(['filler']);
      expect(await reported(place, run)).toMatchObject(exited);
      // The next try, in a pod with room, finds the work as it is.
      rmSync(join(place.shared, 'filler'));
      const again = await apply(place, 'off');
      expect(await reported(place, again)).toMatchObject(applied);
      expect(await storedRow(standIn, name)).toMatchObject({ version: 1 });
    },
  );
});

/** Why a small file system cannot be mounted here; undefined when it can. */
function smallDiskMissing(): string | undefined {
  if (!asOthers) return 'not root';
  const place = join('/tmp', `maestro-cli-mount-${process.pid}`);
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return undefined;
  } catch {
    return 'tmpfs cannot be mounted';
  } finally {
    rmdirSync(place);
  }
}

function fill(file: string): void {
  const part = `${file}.part`;
  for (let bytes = 16 * 1024; bytes > 0; bytes -= 4096) {
    try {
      writeFileSync(part, Buffer.alloc(bytes));
      renameSync(part, file);
      return;
    } catch {
      rmSync(part, { force: true });
    }
  }
}
