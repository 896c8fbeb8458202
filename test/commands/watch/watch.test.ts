import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions } from '../../../src/clients/transport.ts';
import { parseFor } from '../../support/parse-for.ts';
import { newsBetween, reportChange } from '../../../src/commands/shared/watching/change-report.ts';
import { watchCommand } from '../../../src/commands/watch/command.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { pauseAfterFailure, Poller, type Look } from '../../../src/works/poll.ts';
import { ListedWorks, type Selection } from '../../../src/works/select.ts';
import { WorkStore } from '../../../src/works/store.ts';
import { shownRows } from '../../../src/works/whole-rows.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { runCli } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

const id = '1c7787d3-d785-5b9a-a0d6-0736196d23cc';

describe('argv to options', () => {
  it.each([
    [
      [],
      {
        scope: { by: 'list', consumers: [], selector: [] },
        intervalMs: 1000,
        output: { format: 'text' },
        timeoutMs: Number.POSITIVE_INFINITY,
      },
    ],
    [
      ['--name=w', '--consumer=a', '--consumer=b'],
      {
        scope: {
          by: 'address',
          addresses: [
            { by: 'name', name: 'w', consumer: 'a' },
            { by: 'name', name: 'w', consumer: 'b' },
          ],
        },
      },
    ],
    [
      [`--id=${id.toUpperCase()}`, '--interval=250ms', '--timeout=5s'],
      { scope: { by: 'address', addresses: [{ by: 'id', id }] }, intervalMs: 250, timeoutMs: 5000 },
    ],
    [
      ['--consumer=a', '-l', 'x=y', '-o', 'json'],
      {
        scope: { by: 'list', consumers: ['a'], selector: [{ kind: 'equals', key: 'x', value: 'y' }] },
        output: { format: 'json' },
      },
    ],
    [['--poll-interval=3s'], { intervalMs: 3000 }],
  ])('%j', (argv, expected) => {
    expect(parseFor(watchCommand, argv)).toMatchObject(expected);
  });

  it.each([
    [['--interval=0'], '--interval must be more than 0'],
    [['--interval=0s'], '--interval must be more than 0'],
    [['--interval=5'], 'is not a duration'],
    [['--name=w'], '--consumer is missing'],
    [['--id=w'], '--id takes a UUID'],
    [['--name=w', '--consumer=c', '-l', 'a=b'], 'are named already'],
    [['--name=w', `--id=${id}`, '--consumer=c'], 'leave one out'],
    [['--consumer=c', '--all-consumers'], 'contradict'],
    [['-o', 'yaml'], '--output does not know "yaml"'],
  ])('refuses %j', (argv, message) => {
    let caught: unknown;
    try {
      parseFor(watchCommand, argv);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'usage' });
    expect(`${(caught as MaestroError).message} ${(caught as MaestroError).hint ?? ''}`).toContain(message);
  });
});

interface BundleParts {
  readonly version?: number;
  readonly createdAt?: string;
  readonly sequence?: string;
  readonly deletedAt?: string;
  readonly conditions?: readonly JsonObject[];
  readonly labels?: JsonObject;
  readonly feedback?: JsonObject;
  readonly kind?: string;
}

function bundle(name: string, parts: BundleParts = {}): ResourceBundle {
  const {
    version = 1,
    createdAt = '2026-11-22T11:00:00Z',
    sequence = '1',
    conditions = [],
    labels = {},
    feedback,
    kind = 'Job',
  } = parts;
  return decodeBundle({
    id: name,
    consumer_name: 'c1',
    version,
    created_at: createdAt,
    updated_at: sequence,
    ...(parts.deletedAt === undefined ? {} : { deleted_at: parts.deletedAt }),
    metadata: { name, labels },
    manifests: [{ apiVersion: 'v1', kind, metadata: { name: 'j' } }],
    status: {
      ObservedVersion: version,
      SequenceID: sequence,
      conditions,
      resourceStatus: [
        {
          resourceMeta: { kind, group: '', version: 'v1', name: 'j', namespace: '', resource: '', ordinal: 0 },
          conditions: [],
          statusFeedback: feedback === undefined ? {} : { values: [feedback] },
        },
      ],
    },
  });
}

const applied = (status: string): JsonObject => ({ type: 'Applied', status, reason: 'R', observedGeneration: 1 });
const number = (value: number): JsonObject => ({ name: 'n', fieldValue: { type: 'Integer', integer: value } });

describe('what two reads in turn show as changed', () => {
  it.each<[string, readonly ResourceBundle[], readonly ResourceBundle[], readonly string[]]>([
    ['nothing', [bundle('a')], [bundle('a')], []],
    ['a report that says the same again', [bundle('a')], [bundle('a', { sequence: '2' })], []],
    ['a new work', [], [bundle('a')], ['ADDED a']],
    ['a work that went', [bundle('a')], [], ['DELETED a']],
    ['a version', [bundle('a')], [bundle('a', { version: 2 })], ['MODIFIED a']],
    ['a condition', [bundle('a')], [bundle('a', { conditions: [applied('True')] })], ['MODIFIED a']],
    ['feedback', [bundle('a')], [bundle('a', { feedback: number(1) })], ['MODIFIED a']],
    ['a label', [bundle('a')], [bundle('a', { labels: { x: 'y' } })], ['MODIFIED a']],
    ['a request to delete', [bundle('a')], [bundle('a', { deletedAt: '2026-11-22T12:00:00Z' })], ['MODIFIED a']],
    [
      'deleted and made again',
      [bundle('a')],
      [bundle('a', { createdAt: '2026-11-22T12:00:00Z' })],
      ['DELETED a', 'ADDED a'],
    ],
  ])('%s', (_title, before, after, expected) => {
    const store = new WorkStore({ projection: shownRows, clock: new ManualClock() });
    const read = (rows: readonly ResourceBundle[]): readonly string[] => {
      const number = store.beginRead();
      const changes = rows.flatMap((row) => store.takeRow(row, number).changes);
      return [...changes, ...store.endRead(number)].map(({ type, id: of }) => `${type} ${of}`);
    };
    read(before);
    expect(read(after)).toEqual(expected);
  });
});

describe('reportChange', () => {
  const wallMs = Date.parse('2026-11-22T11:00:05Z');

  it('tells the state, the one before and what is new', () => {
    const before = bundle('a');
    const after = bundle('a', { version: 2, conditions: [applied('False')], feedback: number(3), labels: { x: 'y' } });
    expect(reportChange({ type: 'MODIFIED', kept: after, before }, wallMs)).toMatchObject({
      time: '2026-11-22T11:00:05.000Z',
      type: 'MODIFIED',
      name: 'a',
      consumer: 'c1',
      version: 2,
      news: ['version 1 → 2', 'labels changed', 'Applied=False (R)', 'Job/j n=3'],
    });
  });

  it('does not say how it went on the cluster when Maestro forgot the work', () => {
    const report = reportChange({ type: 'DELETED', kept: bundle('a') }, wallMs);
    expect(report).toMatchObject({
      type: 'DELETED',
      state: 'removed',
      before: 'progressing',
      reason: 'Maestro no longer has the work',
    });
  });

  it('masks feedback of a Secret', () => {
    const secret = (value: string): ResourceBundle =>
      bundle('a', { kind: 'Secret', feedback: { name: 'token', fieldValue: { type: 'String', string: value } } });
    expect(newsBetween(secret('hunter1'), secret('hunter2'))).toEqual(['Secret/j token=(masked by maestro-cli)']);
  });
});

/** What is read is what the test says. */
function reading(read: (options: CallOptions) => Promise<readonly ResourceBundle[]>): Selection {
  return {
    exact: true,
    allSeen: false,
    wants: () => true,
    admits: () => true,
    read: async function* (options) {
      yield await read(options);
    },
  };
}
const noReader = { getBundles: () => Promise.reject(new Error('nothing is read by id')) } as never;

describe('following by reads alone', () => {
  const run = async (
    reads: readonly (() => Promise<readonly ResourceBundle[]>)[],
    timeoutMs: number,
  ): Promise<{ looks: Look[]; times: number[]; trouble: string[]; error?: MaestroError }> => {
    const clock = new ManualClock();
    const budget = createBudget(timeoutMs, { clock, random: () => 0.5, signal: new AbortController().signal });
    const looks: Look[] = [];
    const times: number[] = [];
    const trouble: string[] = [];
    let next = 0;
    const works = reading(async () => {
      times.push(clock.monotonicMs());
      const read = reads[Math.min(next, reads.length - 1)] ?? (async () => []);
      next += 1;
      return read();
    });
    const options = {
      intervalMs: 1000,
      readTimeoutMs: 10_000,
      onTrouble: (error: MaestroError | undefined) => trouble.push(error?.message ?? 'well again'),
    };
    const collect = async (): Promise<MaestroError | undefined> => {
      try {
        for await (const look of new Poller(works, noReader, budget).looks(options)) looks.push(look);
        return undefined;
      } catch (error) {
        return error as MaestroError;
      }
    };
    const error = await clock.finish(collect());
    return { looks, times, trouble, ...(error === undefined ? {} : { error }) };
  };
  const down = async (): Promise<never> => Promise.reject(new MaestroError('unavailable', 'down', { transient: true }));

  it('reads at the interval until the budget ends, and gives what changed', async () => {
    const { looks, times, error } = await run([async () => [], async () => [bundle('a')], async () => []], 3500);
    expect(error).toBeUndefined();
    expect(looks.map((look) => look.changes.map(({ type }) => type).join())).toEqual(['', 'ADDED', 'DELETED', '']);
    expect(times).toEqual([0, 1000, 2000, 3000]);
  });

  it('waits a server out, says so once, and loses no change', async () => {
    const { looks, trouble, times } = await run(
      [async () => [bundle('a')], down, down, down, async () => [bundle('a', { version: 2 })]],
      20_000,
    );
    expect(trouble).toEqual(['down', 'well again']);
    expect(looks.flatMap((look) => look.changes.map(({ type }) => type))).toEqual(['ADDED', 'MODIFIED']);
    const pauses = times.slice(1, 5).map((time, index) => time - (times[index] ?? 0));
    expect(pauses).toEqual([1000, 1000, 1500, 3000]);
  });

  it('does not take the time in which the server was away for work that it had', async () => {
    const clock = new ManualClock();
    const budget = createBudget(20_000, { clock, random: () => 0.5, signal: new AbortController().signal });
    const times: number[] = [];
    const trouble: string[] = [];
    const read = async ({ onRetry }: CallOptions): Promise<readonly ResourceBundle[]> => {
      times.push(clock.monotonicMs());
      if (times.length > 1) return [];
      // The client of Maestro tries a read again by itself: for eight seconds here.
      for (let tries = 0; tries < 8; tries += 1) {
        await clock.sleep(1000, budget.signal);
        onRetry?.(new MaestroError('unavailable', 'down', { transient: true }));
      }
      return [];
    };
    const onTrouble = (error: MaestroError | undefined): void => void trouble.push(error?.message ?? 'well again');
    const watching = async (): Promise<void> => {
      const poller = new Poller(reading(read), noReader, budget);
      for await (const _ of poller.looks({ intervalMs: 1000, readTimeoutMs: 10_000, onTrouble }))
        if (times.length === 3) return;
    };
    await clock.finish(watching());
    expect(times).toEqual([0, 9000, 10_000]);
    expect(trouble).toEqual(['down', 'well again']);
  });

  it.each<[string, () => Promise<never>]>([
    ['was away', down],
    ['never answered', async () => Promise.reject(new MaestroError('timeout', 'no time is left'))],
  ])('ends with an error of the server when it %s until the time was up', async (_, read) => {
    expect((await run([read], 5000)).error).toMatchObject({ code: 'unavailable' });
  });

  it('tells why the server could not be read, though the last read was cut short by the end of the time', async () => {
    expect(
      (await run([down, async () => Promise.reject(new MaestroError('timeout', 'no time is left'))], 1500)).error,
    ).toMatchObject({ code: 'unavailable', message: 'down' });
  });

  it('ends with an error when there was not even time for one read', async () => {
    expect((await run([async () => []], 0)).error).toMatchObject({ code: 'unavailable' });
  });

  it('ends well when a read worked before the server went away', async () => {
    expect((await run([async () => [], down], 5000)).error).toBeUndefined();
  });

  it('throws what cannot heal', async () => {
    const { error } = await run([async () => Promise.reject(new MaestroError('access-denied', 'no'))], 20_000);
    expect(error).toMatchObject({ code: 'access-denied' });
  });

  it('pauses after failures between the interval and a cap, however many there were', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (intervalMs, failures, random) => {
          const pauseMs = pauseAfterFailure(intervalMs, failures, () => random);
          expect(pauseMs).toBeGreaterThanOrEqual(intervalMs);
          expect(pauseMs).toBeLessThanOrEqual(Math.max(intervalMs, 30_000));
        },
      ),
    );
  });
});

it('follows a work on that no longer matches, because not to be listed is not to be deleted', async () => {
  let stored: readonly ResourceBundle[] = [bundle('a', { labels: { app: 'web' } })];
  const clock = new ManualClock();
  const budget = createBudget(2500, { clock, random: () => 0.5, signal: new AbortController().signal });
  const works = new ListedWorks({
    consumers: [],
    selector: [{ kind: 'equals', key: 'app', value: 'web' }],
    list: async function* () {
      yield stored.filter((one) => (one.metadata['labels'] as JsonObject)['app'] === 'web');
    },
  });
  const reader = {
    getBundles: async function* (ids: readonly string[]) {
      yield stored.filter(({ id: found }) => ids.includes(found));
    },
  };
  const told: string[] = [];
  const watching = async (): Promise<void> => {
    const options = { intervalMs: 1000, readTimeoutMs: 1000, onTrouble: () => undefined };
    for await (const { changes } of new Poller(works, reader, budget).looks(options)) {
      told.push(changes.map(({ type, kept }) => `${type} ${JSON.stringify(kept.metadata['labels'])}`).join());
      stored = told.length === 1 ? [bundle('a', { labels: { app: 'other' } })] : [];
    }
  };
  await clock.finish(watching());
  expect(told).toEqual(['ADDED {"app":"web"}', 'MODIFIED {"app":"other"}', 'DELETED {"app":"other"}']);
});

describe('a whole run', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'c2', 'offline'],
      agent: { delayMs: 20, deleteDelayMs: 500 },
      agents: { offline: { online: false } },
    });
  });
  afterAll(() => maestro.close());

  const cli = async (...argv: readonly string[]): ReturnType<typeof runCli> =>
    runCli(argv, { endpoints: maestro, files: { 'w.yaml': workYaml('w') } });
  interface Line {
    readonly type: string;
    readonly name: string;
    readonly consumer: string;
    readonly state: string;
    readonly version: number;
  }
  const linesOf = (stdout: string): readonly Line[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  it.each([
    { via: 'stream', state: 'deleted', reason: 'removed from the cluster' },
    { via: 'poll', state: 'removed', reason: 'Maestro no longer has the work' },
  ])(
    'waits for a named work, prints its life as JSON lines, and ends with exit 0 when it is gone, via $via',
    async ({ via, state, reason }) => {
      let printed = '';
      const watching = runCli(
        ['watch', '--name=life', '--consumer=c1', `--via=${via}`, '--interval=5ms', '-o', 'json', '--timeout=20s'],
        {
          endpoints: maestro,
          onStdout: (text) => (printed += text),
        },
      );
      await cli('apply', '-f', 'w.yaml', '--name=life', '--consumer=c1', '--watch=Available');
      await expect.poll(() => printed, { timeout: 15_000 }).toContain('"available"');
      await cli('delete', '--name=life', '--consumer=c1', '--watch');
      const run = await watching;
      expect(run.exitCode, run.stderr).toBe(0);
      const lines = linesOf(run.stdout);
      expect(lines[0]).toMatchObject({ type: 'ADDED', name: 'life', consumer: 'c1', version: 1 });
      expect(lines.map(({ state }) => state)).toContain('available');
      expect(lines.map(({ state }) => state)).toContain('deleting');
      expect(lines.at(-1)).toMatchObject({ type: 'DELETED', state, reason });
      expect(run.stderr).toContain('waiting for works that are not there yet');
    },
  );

  it('prints a table for people, ends with exit 0 when the time is up, and with exit 3 when a named work never came', async () => {
    await cli('apply', '-f', 'w.yaml', '--name=shown', '--consumer=offline');
    const run = await cli('watch', '--name=shown', '--consumer=offline', '--interval=5ms', '--timeout=1s');
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toMatch(
      /^TIME +CHANGE +NAME +CONSUMER +STATE +VERSION +REASON\n\S+Z +ADDED +shown +offline +progressing +-\/1 +the agent has not reported this work yet \(written \d+s ago\)\n$/,
    );
    const absent = await cli('watch', '--name=shown', '--consumer=nobody', '--interval=5ms', '--timeout=1s');
    expect(absent).toMatchObject({ exitCode: 3, stdout: '' });
    expect(absent.stderr).toContain('there is no consumer named nobody');
  });

  it('follows many works of several consumers', async () => {
    await cli('apply', '-f', 'w.yaml', '--name=one', '--consumer=c1', '--watch=Available');
    const watching = cli('watch', '--consumer=c1', '--consumer=c2', '--interval=5ms', '-o', 'json', '--timeout=4s');
    await cli('apply', '-f', 'w.yaml', '--name=two', '--consumer=c2', '--watch=Available');
    const run = await watching;
    expect(run.exitCode).toBe(0);
    const lines = linesOf(run.stdout);
    expect(lines.filter(({ name }) => name === 'one')).toHaveLength(1);
    expect(lines.filter(({ name }) => name === 'two').at(-1)).toMatchObject({ consumer: 'c2', state: 'available' });
  });

  it('ends with exit 8 when a named work was not seen because the server was away to the end', async () => {
    const away = await startStandIn({ consumers: ['c1'] });
    await away.close();
    const run = await runCli(['watch', '--name=w', '--consumer=c1', '--interval=5ms', '--timeout=300ms'], {
      endpoints: away,
    });
    expect(run).toMatchObject({ exitCode: 8, stdout: '' });
    expect(run.stderr).toMatch(/error: cannot reach REST at .*nothing listens there/);
  });

  it('ends with the code of the signal', async () => {
    const stop = new AbortController();
    const watching = runCli(['watch', '--interval=5ms'], { endpoints: maestro, signal: stop.signal });
    setTimeout(() => stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT')), 100);
    expect((await watching).exitCode).toBe(130);
  });

  it('exits 3 for a consumer that is not there', async () => {
    expect((await cli('watch', '--consumer=nobody', '--timeout=2s')).exitCode).toBe(3);
  });
});
