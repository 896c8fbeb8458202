import { setImmediate as settle } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { matchesBundle } from '../../src/clients/index.ts';
import type {
  BundleFilter,
  CallOptions,
  ListQuery,
  StatusEvent,
  SubscriptionItem,
  WorkReader,
} from '../../src/clients/index.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../src/errors.ts';
import { Follower, type WorkTaker } from '../../src/works/follow.ts';
import { ManualClock } from '../support/fake-clock.ts';

const source = 'app-work-client';
const wholeEveryMs = 600_000;

function row(id: string): ResourceBundle {
  return {
    id,
    consumerName: 'c1',
    version: 1,
    createdAt: '',
    updatedAt: '',
    metadata: {},
    manifests: [],
    manifestConfigs: [],
    raw: {},
  };
}

function statusOf(id: string): StatusEvent {
  return {
    kind: 'status',
    id,
    consumer: 'c1',
    version: 1,
    sequenceId: '1',
    statusHash: '',
    time: '',
    metadata: {},
    status: {} as StatusEvent['status'],
    data: {},
  };
}

const statusAt = (observedVersion: number, sequenceId: string): StatusEvent['status'] => ({
  observedVersion,
  sequenceId,
  conditions: [],
  resourceStatus: [],
});

const broken = (): MaestroError => new MaestroError('unavailable', 'told to fail', { transient: true });

/** Maestro, as far as a feed sees it. */
class FakeMaestro {
  rows = new Map<string, ResourceBundle>();
  readonly searches: BundleFilter[] = [];
  /** Rows a page, and a part of one, of the last list. */
  pageSize = 0;
  partSize = 0;
  /** Called before each list; it can fail, or take long. */
  onList: (where: BundleFilter, signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  onWholeRead: () => void = () => undefined;
  /** What the stream gives next; undefined ends it. */
  #items: (SubscriptionItem | Error | undefined)[] = [];
  #wake: () => void = () => undefined;
  subscriptions = 0;

  readonly reader = {
    listBundles: (query: ListQuery, options: CallOptions) => this.#list(query, options),
    getBundles: (ids: readonly string[], options: CallOptions) => this.#list({ where: { ids } }, options),
  } as unknown as WorkReader;

  readonly subscriber = {
    subscribe: (_: { source: string }, { signal }: { signal: AbortSignal }) => this.#stream(signal),
    close: () => undefined,
  };

  send(...items: (SubscriptionItem | Error | undefined)[]): void {
    this.#items.push(...items);
    this.#wake();
  }

  async *#stream(signal: AbortSignal): AsyncGenerator<SubscriptionItem> {
    this.subscriptions += 1;
    this.#items = [];
    yield { kind: 'ready', subscriptionId: String(this.subscriptions) };
    for (;;) {
      while (this.#items.length > 0) {
        const item = this.#items.shift();
        if (item === undefined) return;
        if (item instanceof Error) throw item;
        yield item;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        if (signal.aborted) reject(signal.reason as Error);
      });
    }
  }

  async *#list(
    { where = {}, pageSize = 400, partSize = pageSize }: ListQuery,
    { signal }: CallOptions,
  ): AsyncGenerator<readonly ResourceBundle[]> {
    this.searches.push(where);
    if (where.ids === undefined) {
      this.pageSize = pageSize;
      this.partSize = partSize;
      if (where.updatedAfter === undefined) this.onWholeRead();
    }
    await this.onList(where, signal);
    const found = [...this.rows.values()].filter((bundle) => matchesBundle(where, bundle));
    for (let start = 0; start < found.length || start === 0; start += partSize)
      yield found.slice(start, start + partSize);
  }
}

interface Told extends WorkTaker {
  readonly lines: string[];
  /** Ids that a whole read is expected to show. */
  known: Set<string>;
  waitsFor: string[];
  stands: string[];
  readonly problems: string[];
}

function handler(): Told {
  const lines: string[] = [];
  const shown = new Map<string, number>();
  let reads = 0;
  const told: Told = {
    lines,
    known: new Set(),
    waitsFor: [],
    stands: [],
    problems: [],
    row: ({ id }, read) => {
      shown.set(id, read);
      told.known.add(id);
      lines.push(`stored ${id}`);
    },
    event: ({ id }) => void lines.push(`reported ${id}`),
    unreadable: ({ id }, read) => {
      shown.set(id, read);
      lines.push(`unreadable ${id}`);
    },
    unreadableEvent: ({ id }) => void lines.push(`unreadable report of ${id}`),
    absent: (id) => {
      told.known.delete(id);
      lines.push(`missing ${id}`);
    },
    beginRead: () => {
      reads += 1;
      return reads;
    },
    missing: (read) => {
      lines.push('end');
      return Promise.resolve([...told.known].filter((id) => (shown.get(id) ?? 0) < read));
    },
    awaited: () => told.waitsFor,
    standing: () => told.stands,
    state: (state) => {
      if (state === 'live') lines.push('live');
      else if (state === 'waiting') lines.push('not live');
    },
    problem: (what, error) => void told.problems.push(`${what}: ${error.message}`),
  };
  return told;
}

interface Running {
  readonly clock: ManualClock;
  readonly maestro: FakeMaestro;
  readonly told: Told;
  readonly feed: Follower;
  readonly problems: string[];
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

let running: Running | undefined;

async function start(ids: readonly string[] = []): Promise<Running> {
  const clock = new ManualClock();
  const maestro = new FakeMaestro();
  for (const id of ids) maestro.rows.set(id, row(id));
  const told = handler();
  maestro.onWholeRead = () => void told.lines.push('begin');
  const feed = new Follower(
    { where: { source }, wholeReadEveryMs: wholeEveryMs, stubborn: true },
    { reader: maestro.reader, subscriber: maestro.subscriber, clock, random: () => 0.5 },
    told,
  );
  const end = new AbortController();
  const ended = feed.run(end.signal);
  ended.catch(() => undefined);
  running = {
    clock,
    maestro,
    told,
    feed,
    problems: told.problems,
    ended,
    stop: async () => {
      end.abort(new MaestroError('interrupted', 'the test is over'));
      await ended;
    },
  };
  await clock.advance(0);
  return running;
}

/** Heartbeats keep the stream alive while time passes. */
async function pass({ clock, maestro }: Running, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.advance(Math.min(left, 10_000));
    maestro.send({ kind: 'heartbeat' });
    await settle();
  }
}

afterEach(async () => {
  await running?.stop().catch(() => undefined);
  running = undefined;
});

/** What was told since the last look. */
function since({ told }: Running): string[] {
  return told.lines.splice(0);
}

describe('following Maestro for ever', () => {
  test('reads everything at the start, and is live after that', async () => {
    const all = await start(['a', 'b']);
    expect(since(all)).toEqual(['begin', 'stored a', 'stored b', 'end', 'live']);
    expect(all.feed.synced).toBe(true);
    expect(all.maestro.searches).toEqual([{ source }]);
    all.maestro.send(statusOf('a'));
    await all.clock.advance(0);
    expect(since(all)).toEqual(['reported a']);
  });

  test('reads page by page, and pauses after each part of one', async () => {
    const all = await start(Array.from({ length: 450 }, (_, at) => `id-${String(at)}`));
    expect(all.feed.synced).toBe(false);
    // Small enough to leave the event loop to others in between.
    const { pageSize } = all.maestro;
    expect(pageSize).toBeLessThanOrEqual(200);
    expect(all.maestro.partSize).toBeLessThanOrEqual(50);
    expect(since(all)).toHaveLength(1 + all.maestro.partSize);
    await all.clock.advance(1);
    expect(since(all)).toHaveLength(all.maestro.partSize);
    for (let pauses = 0; pauses < (2 * pageSize) / all.maestro.partSize - 2; pauses += 1) await all.clock.advance(1);
    expect(since(all)).toHaveLength(2 * pageSize - 2 * all.maestro.partSize);
    await all.clock.advance(50);
    expect(since(all)).toHaveLength(450 - 2 * pageSize + 2);
    expect(all.feed.synced).toBe(true);
  });

  test('what comes by the stream while it reads is told at once', async () => {
    const all = await start();
    await pass(all, 60_000);
    let go: () => void = () => undefined;
    all.maestro.onList = () => new Promise((resolve) => (go = resolve));
    await pass(all, wholeEveryMs);
    expect(since(all).at(-1)).toBe('begin');
    all.maestro.send(statusOf('x'));
    await all.clock.advance(0);
    expect(since(all)).toEqual(['reported x']);
    go();
    await all.clock.advance(0);
    expect(since(all)).toEqual(['end']);
  });

  test('a reconnect reads what changed since the last whole moment, less what clocks may differ', async () => {
    const all = await start(['a']);
    await pass(all, 60_000);
    const heardMs = all.clock.wallMs();
    since(all);
    all.told.waitsFor = ['going', 'gone'];
    all.maestro.rows.set('going', row('going'));
    all.maestro.searches.length = 0;
    all.maestro.send(broken());
    await all.clock.advance(0);
    expect(since(all)).toEqual(['not live']);
    await all.clock.advance(5_000);
    expect(all.maestro.searches).toHaveLength(2);
    expect(all.maestro.searches[0]).toEqual({ source, updatedAfter: new Date(heardMs - 300_000).toISOString() });
    // Ends that may have gone unseen are asked for by id.
    expect(all.maestro.searches[1]).toEqual({ ids: ['going', 'gone'] });
    expect(since(all)).toEqual(['stored a', 'stored going', 'stored going', 'missing gone', 'live']);
    expect(all.problems).toEqual(['the status stream: told to fail']);
  });

  test('of a fleet that reports all the time it reads the last minute, by the times of its rows', async () => {
    const all = await start(['a', 'b']);
    // Its clock is 20 s behind ours, and a row was written just before it was read.
    all.maestro.onWholeRead = () => {
      const updatedAt = new Date(all.clock.wallMs() - 20_000).toISOString();
      all.maestro.rows.set('b', { ...row('b'), updatedAt });
    };
    await pass(all, wholeEveryMs);
    const heardMs = all.clock.wallMs();
    all.maestro.searches.length = 0;
    all.maestro.send(broken());
    await all.clock.advance(5_000);
    const updatedAfter = new Date(heardMs - 20_000 - 60_000).toISOString();
    expect(all.maestro.searches[0]).toEqual({ source, updatedAfter });
  });

  test('a Maestro that came back without its data is read whole at once, though it tells of no change', async () => {
    const all = await start(['a', 'b', 'c']);
    await pass(all, 60_000);
    since(all);
    all.told.stands = ['a'];
    all.maestro.send(broken());
    await all.clock.advance(5_000);
    // It has what should be there, so nothing but what changed is read.
    expect(since(all)).not.toContain('begin');
    all.maestro.rows.clear();
    all.maestro.send(broken());
    await all.clock.advance(5_000);
    expect(since(all)).toEqual(['not live', 'missing a', 'begin', 'end', 'missing b', 'missing c', 'live']);
  });

  test('a catch-up that was cut does not count: the next reads from the same moment', async () => {
    const all = await start(['a']);
    await pass(all, 60_000);
    const sinceText = new Date(all.clock.wallMs() - 300_000).toISOString();
    all.maestro.searches.length = 0;
    // Never ends by itself: the stream breaks while it is on its way, three times.
    all.maestro.onList = (_, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
      );
    for (let round = 0; round < 3; round += 1) {
      all.maestro.send(broken());
      await all.clock.advance(40_000 + round);
      all.maestro.send(statusOf('a'), { kind: 'heartbeat' });
      await all.clock.advance(0);
    }
    since(all);
    all.maestro.onList = () => Promise.resolve();
    all.maestro.send(broken());
    await all.clock.advance(40_000);
    expect(all.maestro.searches.length).toBeGreaterThanOrEqual(4);
    for (const where of all.maestro.searches) expect(where).toEqual({ source, updatedAfter: sinceText });
    expect(all.told.lines.at(-1)).toBe('live');
  });

  test('a first read that was cut is begun anew', async () => {
    const all = await start();
    await all.stop();
    const maestro = new FakeMaestro();
    maestro.rows.set('a', row('a'));
    let cut = true;
    maestro.onList = () => (cut ? Promise.reject(broken()) : Promise.resolve());
    const told = handler();
    const clock = new ManualClock();
    const end = new AbortController();
    maestro.onWholeRead = () => void told.lines.push('begin');
    const feed = new Follower(
      { where: { source }, wholeReadEveryMs: wholeEveryMs, stubborn: true },
      { reader: maestro.reader, subscriber: maestro.subscriber, clock, random: () => 0.5 },
      told,
    );
    const ended = feed.run(end.signal);
    await clock.advance(2_000);
    expect(feed.synced).toBe(false);
    expect(told.problems.length).toBeGreaterThan(1);
    expect(new Set(told.problems)).toEqual(new Set(['reading all bundles: told to fail']));
    cut = false;
    await clock.advance(20_000);
    expect(feed.synced).toBe(true);
    expect(told.lines.filter((line) => line !== 'begin')).toEqual(['stored a', 'end', 'live']);
    end.abort(new MaestroError('interrupted', 'over'));
    await ended;
  });

  test('what a whole read does not show is asked for by id, and only then missing', async () => {
    const all = await start(['a', 'b', 'c']);
    since(all);
    all.maestro.rows.delete('b');
    // Made while the pages were read: known, and not on any page.
    all.told.known.add('new');
    const rows = all.maestro.rows;
    all.maestro.onList = ({ ids }) => {
      if (ids?.includes('new') === true) rows.set('new', row('new'));
      return Promise.resolve();
    };
    await pass(all, wholeEveryMs + 10_000);
    expect(since(all)).toEqual(['begin', 'stored a', 'stored c', 'end', 'stored new', 'missing b']);
  });

  test('nothing is missing after a read that failed half-way', async () => {
    const all = await start(Array.from({ length: 250 }, (_, at) => `id-${String(at)}`));
    await all.clock.advance(50);
    since(all);
    const list = all.maestro.reader.listBundles.bind(all.maestro.reader);
    let failures = 1;
    Object.assign(all.maestro.reader, {
      listBundles: async function* (query: ListQuery, options: CallOptions) {
        for await (const page of list(query, options)) {
          yield page;
          if (failures > 0) {
            failures -= 1;
            throw broken();
          }
        }
      },
    });
    await pass(all, wholeEveryMs + 20_000);
    const lines = since(all);
    expect(lines.filter((line) => line === 'begin')).toHaveLength(2);
    expect(lines.filter((line) => line === 'end')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('missing'))).toEqual([]);
    expect(all.problems).toEqual(['reading all bundles: told to fail']);
  });

  test('chosen bundles are read together, once, and again when that failed', async () => {
    const all = await start(['a', 'b']);
    since(all);
    all.maestro.searches.length = 0;
    let failures = 2;
    all.maestro.onList = () => (failures-- > 0 ? Promise.reject(broken()) : Promise.resolve());
    for (const id of ['a', 'b', 'a', 'gone']) all.feed.readSoon(id);
    await all.clock.advance(5_000);
    expect(since(all)).toEqual(['stored a', 'stored b', 'missing gone']);
    expect(all.problems).toHaveLength(2);
    all.feed.readSoon('b');
    await all.clock.advance(0);
    expect(since(all)).toEqual(['stored b']);
    expect(all.maestro.searches).toHaveLength(4);
  });

  test('one that is chosen while it is read is read once more, for the read may be of before', async () => {
    const all = await start(['a']);
    since(all);
    let asked = 0;
    all.maestro.onList = () => {
      asked += 1;
      if (asked === 1) all.feed.readSoon('a');
      return Promise.resolve();
    };
    all.feed.readSoon('a');
    await all.clock.advance(0);
    expect(since(all)).toEqual(['stored a', 'stored a']);
    expect(asked).toBe(2);
  });

  test.each([
    { shows: 'that report', status: statusAt(1, '100'), reads: 1 },
    { shows: 'a greater one of the work that was there before', status: statusAt(5, '50'), reads: 2 },
  ])(
    'one that is chosen for a report is read by itself unless the list shows it: $shows',
    async ({ status, reads }) => {
      const all = await start(['a']);
      all.maestro.rows.set('a', { ...row('a'), status });
      let go: () => void = () => undefined;
      all.maestro.onList = ({ ids }) =>
        ids === undefined ? new Promise((resolve) => (go = resolve)) : Promise.resolve();
      all.maestro.send(broken());
      await all.clock.advance(5_000);
      since(all);
      all.feed.readSoon('a', { observedVersion: 1, sequenceId: '100' });
      go();
      await all.clock.advance(0);
      expect(since(all).filter((line) => line === 'stored a')).toHaveLength(reads);
    },
  );

  test('many chosen bundles are read a hundred at a time', async () => {
    const all = await start();
    all.maestro.searches.length = 0;
    for (let at = 0; at < 250; at += 1) all.feed.readSoon(`id-${String(at)}`);
    await all.clock.advance(0);
    expect(all.maestro.searches).toHaveLength(3);
    expect(since(all).filter((line) => line.startsWith('missing'))).toHaveLength(250);
  });

  test('what was chosen while no stream stood is read on the next', async () => {
    const all = await start(['a']);
    all.maestro.send(broken());
    await all.clock.advance(0);
    all.feed.readSoon('chosen');
    since(all);
    await all.clock.advance(5_000);
    expect(since(all)).toEqual(['stored a', 'live', 'missing chosen']);
  });

  test('of a report that is to be seen the place alone is kept: at a start every work may have one', async () => {
    const all = await start();
    all.maestro.send(broken());
    await all.clock.advance(0);
    const report = { observedVersion: 1, sequenceId: '5' };
    all.maestro.rows.set('a', { ...row('a'), status: { ...report, conditions: [], resourceStatus: [] } });
    all.feed.readSoon('a', report);
    report.sequenceId = '9';
    since(all);
    await all.clock.advance(5_000);
    expect(since(all)).toEqual(['stored a', 'live']);
  });

  test('a stream without a sound is taken for dead', async () => {
    const all = await start();
    await all.clock.advance(31_000);
    expect(all.maestro.subscriptions).toBe(2);
    expect(since(all)).toContain('not live');
  });

  test('a refusal is told and tried again, and costs nothing that was read', async () => {
    const all = await start(['a']);
    since(all);
    all.maestro.send(new MaestroError('access-denied', 'the token has expired'));
    await all.clock.advance(0);
    expect(since(all)).toEqual(['not live']);
    expect(all.problems).toEqual(['the status stream: the token has expired']);
    expect(all.feed.synced).toBe(true);
    await all.clock.advance(5_000);
    expect(all.maestro.subscriptions).toBe(2);
    expect(since(all)).toEqual(['stored a', 'live']);
  });

  test('a bug ends it', async () => {
    const all = await start();
    all.maestro.send(new MaestroError('internal', 'a bug'));
    await all.clock.advance(0);
    await expect(all.ended).rejects.toMatchObject({ code: 'internal' });
  });
});
