import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { matchesBundle, type BundleFilter } from '../../src/clients/filters.ts';
import type {
  CallOptions,
  ListQuery,
  RowOptions,
  StatusEvent,
  SubscriptionItem,
  WorkReader,
} from '../../src/clients/transport.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../src/errors.ts';
import { LiveWorks } from '../../src/works/live-works.ts';
import { ManualClock } from '../support/fake-clock.ts';

const source = 'own';
const bornAt = '2026-11-22T10:00:00Z';

function rowOf(id: string, more: Partial<ResourceBundle> = {}): ResourceBundle {
  const { version = 1 } = more;
  return {
    id,
    consumerName: 'c1',
    version,
    createdAt: bornAt,
    updatedAt: bornAt,
    metadata: { name: id },
    manifests: [],
    manifestConfigs: [],
    raw: {},
    ...more,
  };
}

const statusAt = (sequence: number, isDeleted = false): StatusEvent['status'] => ({
  observedVersion: 1,
  sequenceId: String(sequence),
  conditions: isDeleted ? [{ type: 'Deleted', status: 'True', reason: '', message: '' }] : [],
  resourceStatus: [],
});

function reportOf(id: string, sequence: number, { isDeleted = false, createdAt = bornAt } = {}): StatusEvent {
  const status = statusAt(sequence, isDeleted);
  const metadata = { name: id, creationTimestamp: createdAt };
  const event = { kind: 'status', id, consumer: 'c1', version: 1, sequenceId: status.sequenceId } as const;
  return { ...event, statusHash: '', time: bornAt, metadata, status, data: {} };
}

const refused = (code: 'access-denied' | 'unavailable'): MaestroError =>
  new MaestroError(code, 'told to fail', { transient: code === 'unavailable' });

/** Maestro on a clock that a test moves: its rows are what a list finds, its stream tells what a test sends. */
class FakeMaestro {
  readonly clock = new ManualClock();
  readonly rows = new Map<string, ResourceBundle>();
  readonly unreadable = new Set<string>();
  readonly searches: BundleFilter[] = [];
  /** Before a list looks at the rows, and before it gives them. */
  onList: () => Promise<void> = () => Promise.resolve();
  onGive: (where: BundleFilter) => Promise<void> = () => Promise.resolve();
  isStreamDown = false;
  #items: (SubscriptionItem | MaestroError)[] = [];
  #wake: () => void = () => undefined;

  readonly reader = {
    listBundles: (query: ListQuery, { signal }: CallOptions) => this.#list(query, { ...query, signal }),
    getBundles: (ids: readonly string[], options: CallOptions & RowOptions) => this.#list({ where: { ids } }, options),
  } as unknown as WorkReader;

  readonly subscriber = {
    subscribe: (_query: { readonly source: string }, { signal }: { readonly signal: AbortSignal }) =>
      this.#stream(signal),
    close: () => undefined,
  };

  set(...rows: readonly ResourceBundle[]): void {
    for (const row of rows) this.rows.set(row.id, row);
  }

  /** Now, as Maestro stamps what is written. */
  now(): string {
    return new Date(this.clock.wallMs()).toISOString();
  }

  async send(...items: (SubscriptionItem | MaestroError)[]): Promise<void> {
    this.#items.push(...items);
    this.#wake();
    // What comes together is gathered.
    await this.clock.advance(100);
  }

  async *#stream(signal: AbortSignal): AsyncGenerator<SubscriptionItem> {
    await Promise.resolve();
    if (this.isStreamDown) throw refused('unavailable');
    this.#items = [];
    yield { kind: 'ready', subscriptionId: 's' };
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
        if (item instanceof MaestroError) throw item;
        yield item;
      }
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    }
  }

  async *#list(
    { where = {} }: ListQuery,
    { onSetAside, signal }: RowOptions & { readonly signal: AbortSignal },
  ): AsyncGenerator<readonly ResourceBundle[]> {
    this.searches.push(where);
    await this.onList();
    const found = [...this.rows.values()].filter((row) => matchesBundle(where, row));
    await Promise.race([this.onGive(where), once(signal, 'abort')]);
    signal.throwIfAborted();
    for (const { id, consumerName } of found)
      if (this.unreadable.has(id)) onSetAside?.({ id, consumerName, name: '', error: refused('unavailable') });
    yield found.filter(({ id }) => !this.unreadable.has(id));
  }
}

interface Shown {
  readonly version: number;
  readonly sequence: string;
}

class Looking {
  readonly maestro = new FakeMaestro();
  readonly told: string[] = [];
  readonly #end = new AbortController();
  readonly live: LiveWorks<Shown>;
  ended: Promise<void> = Promise.resolve();

  constructor() {
    this.live = new LiveWorks<Shown>(
      {
        source,
        signal: this.#end.signal,
        projection: {
          ofRow: ({ version, status }) => ({ version, sequence: status?.sequenceId ?? '' }),
          ofReport: (event, known) =>
            known === undefined ? undefined : { version: event.version, sequence: event.status.sequenceId },
        },
        onChange: (changes) => {
          for (const change of changes)
            this.told.push(`${change.type} ${change.id}${change.type === 'DELETED' && change.seen ? ' seen' : ''}`);
        },
      },
      {
        reader: this.maestro.reader,
        subscriber: this.maestro.subscriber,
        clock: this.maestro.clock,
        random: () => 0.5,
      },
    );
  }

  async start(...rows: readonly ResourceBundle[]): Promise<this> {
    this.maestro.set(...rows);
    this.ended = this.live.run();
    this.ended.catch(() => undefined);
    // The stream is waited for, half a second at most.
    await this.pass(600);
    this.told.length = 0;
    return this;
  }

  /** Heartbeats keep the stream while time passes. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 5_000) {
      await this.maestro.clock.advance(Math.max(0, Math.min(left, 5_000) - 100));
      await this.maestro.send({ kind: 'heartbeat' });
    }
  }

  shown(): readonly string[] {
    return [...this.live.store.works()].map(({ id, kept }) => `${id} v${kept.version} ${kept.sequence}`.trim()).sort();
  }

  async stop(): Promise<void> {
    this.#end.abort(new MaestroError('interrupted', 'the test is over'));
    await this.ended.catch(() => undefined);
  }
}

let looking: Looking | undefined;

const look = (...rows: readonly ResourceBundle[]): Promise<Looking> => (looking = new Looking()).start(...rows);

afterEach(async () => {
  await looking?.stop();
  looking = undefined;
});

/** A read of all takes so long that the next one is far away: only what has changed is read until then. */
async function lookSlowly(...rows: readonly ResourceBundle[]): Promise<Looking> {
  looking = new Looking();
  const { maestro } = looking;
  maestro.onGive = ({ updatedAfter, ids }) =>
    updatedAfter === undefined && ids === undefined
      ? maestro.clock.sleep(20_000, new AbortController().signal)
      : Promise.resolve();
  await looking.start(...rows);
  await looking.pass(20_000);
  looking.told.length = 0;
  maestro.searches.length = 0;
  return looking;
}

describe('works that somebody looks at', () => {
  it('are all read at the beginning, and shown', async () => {
    const { live, maestro, ...some } = await look(rowOf('a'), rowOf('b'));
    expect(looking?.shown()).toEqual(['a v1', 'b v1']);
    expect(maestro.searches[0]).toEqual({});
    expect(live.sight).toMatchObject({ stream: 'live', unreadable: 0, wholeReadAtMs: expect.any(Number) as number });
    expect(live.sight.loading).toBeUndefined();
    expect(some.told).toEqual([]);
  });

  it('are read every five seconds as far as they have changed, less what a write may be late', async () => {
    const some = await lookSlowly(rowOf('a'));
    await some.pass(5_000);
    expect(some.maestro.searches).toEqual([{ updatedAfter: '2026-11-22T09:59:50.000Z' }]);
    some.maestro.set(rowOf('of-another-source', { updatedAt: some.maestro.now() }));
    await some.pass(5_000);
    expect(some.told).toEqual(['ADDED of-another-source']);
  });

  it('are not all read again before twenty times what that took is over, and it is told when that was', async () => {
    const some = await lookSlowly(rowOf('a'), rowOf('b'));
    const { wholeReadAtMs = 0 } = some.live.sight;
    some.maestro.rows.delete('b');
    await some.pass(380_000);
    expect(some.maestro.searches.filter(({ updatedAfter }) => updatedAfter === undefined)).toEqual([]);
    // Nothing tells of the end of a work of another source: it stays, and how old that is is known.
    expect(some.shown()).toEqual(['a v1', 'b v1']);
    expect(some.live.sight.wholeReadAtMs).toBe(wholeReadAtMs);
    await some.pass(60_000);
    expect(some.told).toEqual(['DELETED b']);
    expect(some.live.sight.wholeReadAtMs).toBeGreaterThan(wholeReadAtMs + 380_000);
  });

  it('of a small fleet are gone within seconds when nothing has told of their end', async () => {
    const some = await look(rowOf('a'), rowOf('b'));
    some.maestro.rows.delete('b');
    await some.pass(6_000);
    expect(some.told).toEqual(['DELETED b']);
  });
});

describe('what the stream tells', () => {
  it('is shown at once', async () => {
    const some = await look(rowOf('a'));
    await some.maestro.send(reportOf('a', 7));
    expect(some.shown()).toEqual(['a v1 7']);
    expect(some.told).toEqual(['MODIFIED a']);
  });

  it('of a work that is not known has that one read', async () => {
    const some = await lookSlowly(rowOf('a'));
    some.maestro.set(rowOf('new', { status: statusAt(3) }));
    await some.maestro.send(reportOf('new', 3));
    expect(some.maestro.searches).toContainEqual({ ids: ['new'] });
    expect(some.shown()).toContain('new v1 3');
  });

  it('is not taken back by a read that was under way', async () => {
    const some = await look(rowOf('a', { status: statusAt(1) }));
    let give: () => void = () => undefined;
    some.maestro.onGive = () => new Promise((resolve) => (give = resolve));
    await some.pass(6_000);
    await some.maestro.send(reportOf('a', 9));
    give();
    await some.maestro.clock.advance(10);
    expect(some.shown()).toEqual(['a v1 9']);
  });

  it('takes a work away when its agent reports the end, and an older row does not bring it back', async () => {
    const some = await look(rowOf('a'), rowOf('b'));
    let give: () => void = () => undefined;
    some.maestro.onGive = () => new Promise((resolve) => (give = resolve));
    await some.pass(6_000);
    some.maestro.rows.delete('b');
    await some.maestro.send(reportOf('b', 9, { isDeleted: true }));
    expect(some.told).toEqual(['DELETED b seen']);
    give();
    some.maestro.onGive = () => Promise.resolve();
    await some.pass(20_000);
    expect(some.told).toEqual(['DELETED b seen']);
    expect(some.shown()).toEqual(['a v1']);
  });

  it('while it is down is read; all is read when it stands again', async () => {
    const some = await lookSlowly(rowOf('a'), rowOf('b'));
    some.maestro.isStreamDown = true;
    await some.maestro.send(refused('unavailable'));
    expect(some.live.sight).toMatchObject({ stream: 'waiting', streamError: { message: 'told to fail' } });
    some.maestro.set(rowOf('a', { status: statusAt(4), updatedAt: some.maestro.now() }));
    some.maestro.rows.delete('b');
    await some.pass(6_000);
    expect(some.told).toEqual(['MODIFIED a']);
    some.maestro.isStreamDown = false;
    // The longest back-off, and four times what a read of all takes.
    await some.pass(140_000);
    expect(some.live.sight.stream).toBe('live');
    expect(some.live.sight.streamError).toBeUndefined();
    expect(some.told).toEqual(['MODIFIED a', 'DELETED b']);
  });
});

describe('a work that was made anew under its id', () => {
  const againAt = '2026-11-22T10:30:00Z';

  it('is another one, when the end of the first was not heard', async () => {
    const some = await look(rowOf('a', { version: 3 }));
    some.maestro.set(rowOf('a', { createdAt: againAt, updatedAt: againAt }));
    await some.pass(6_000);
    expect(some.told).toEqual(['DELETED a', 'ADDED a']);
    expect(some.shown()).toEqual(['a v1']);
  });

  it('is shown though the end of the first was heard, also when that is told again', async () => {
    const some = await look(rowOf('a'));
    await some.maestro.send(reportOf('a', 5, { isDeleted: true }));
    some.maestro.set(rowOf('a', { createdAt: againAt, updatedAt: againAt }));
    await some.pass(6_000);
    await some.maestro.send(reportOf('a', 6, { isDeleted: true }));
    expect(some.told).toEqual(['DELETED a seen', 'ADDED a']);
    expect(some.shown()).toEqual(['a v1']);
  });
});

describe('rows that cannot be read', () => {
  it('are counted, and what is known of their works stays', async () => {
    const some = await look(rowOf('a'), rowOf('b'));
    some.maestro.unreadable.add('b').add('never-read');
    some.maestro.set(rowOf('never-read'));
    await some.pass(6_000);
    expect(some.live.sight.unreadable).toBe(2);
    expect(some.shown()).toEqual(['a v1', 'b v1']);
    expect(some.told).toEqual([]);
  });

  it('are no longer counted once they can be read, or are gone', async () => {
    const some = await look(rowOf('a'), rowOf('b'));
    some.maestro.unreadable.add('a').add('b');
    await some.pass(6_000);
    expect(some.live.sight.unreadable).toBe(2);
    some.maestro.unreadable.delete('a');
    await some.pass(6_000);
    expect(some.live.sight.unreadable).toBe(1);
    some.maestro.rows.delete('b');
    await some.pass(6_000);
    expect(some.live.sight.unreadable).toBe(0);
    expect(some.shown()).toEqual(['a v1']);
  });
});

describe('a read that fails', () => {
  it('takes nothing away, is told, and is made again', async () => {
    const some = await look(rowOf('a'));
    const { readAtMs } = some.live.sight;
    some.maestro.onList = () => Promise.reject(refused('unavailable'));
    await some.pass(6_000);
    expect(some.shown()).toEqual(['a v1']);
    expect(some.live.sight.readError?.message).toBe('told to fail');
    expect(some.live.sight.readAtMs).toBeLessThanOrEqual((readAtMs ?? 0) + 6_000);
    some.maestro.onList = () => Promise.resolve();
    some.maestro.set(rowOf('b', { updatedAt: some.maestro.now() }));
    await some.pass(31_000);
    expect(some.live.sight.readError).toBeUndefined();
    expect(some.shown()).toEqual(['a v1', 'b v1']);
    expect(some.told).toEqual(['ADDED b']);
  });

  it('as the first one ends it, when the reason does not heal; later it is only told', async () => {
    const some = new Looking();
    looking = some;
    some.maestro.onList = () => Promise.reject(refused('access-denied'));
    await some.start();
    await expect(some.ended).rejects.toMatchObject({ code: 'access-denied' });
    const later = await look(rowOf('a'));
    later.maestro.onList = () => Promise.reject(refused('access-denied'));
    await later.pass(6_000);
    expect(later.live.sight.readError?.code).toBe('access-denied');
    expect(later.shown()).toEqual(['a v1']);
  });
});
