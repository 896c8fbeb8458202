import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/clients/transport.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { WorkStore, type Change, type Projection, type Taken } from '../../src/works/store.ts';
import { WorkOrder, type Read } from '../../src/works/order.ts';
import { wholeRows } from '../../src/works/whole-rows.ts';
import { ManualClock } from '../support/fake-clock.ts';
import { deeds, gist, ModelMaestro, type Deed } from './support/model.ts';

const ids = ['a', 'b', 'c'];

/** How often the longest properties are tried; `RUNS=20` makes it two hundred times. */
const runs = { numRuns: 10 * Number(process.env['RUNS'] ?? 200) };

/** A read under way: pages are taken at one moment and arrive at another. */
interface Reading {
  readonly read: Read;
  readonly ids: readonly string[];
  next: number;
  readonly onTheWay: ResourceBundle[];
}

type Step =
  | { readonly do: 'work'; readonly deed: Deed; readonly id: string }
  | { readonly do: 'hear' | 'cut' | 'open' | 'begin' }
  | { readonly do: 'page' | 'arrive'; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('work'), deed: fc.constantFrom(...deeds), id: fc.constantFrom(...ids) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('hear', 'hear', 'hear', 'cut', 'open', 'begin') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('page', 'arrive'), which: fc.nat(4) }) },
);

/** Somebody who follows the model by a store, every step of it at any moment. */
class Follower {
  readonly changes: Change<ResourceBundle>[] = [];
  readonly maestro = new ModelMaestro((event) => {
    this.untold.delete(event.id);
    this.#events?.push(event);
  });
  readonly store = new WorkStore({ projection: wholeRows, clock: new ManualClock() });
  /** Works of which Maestro has told nothing since the stream stands: what was done to them is for a read to show. */
  readonly untold = new Set<string>();
  readonly #reads: Reading[] = [];
  /** Told and not heard yet; undefined while no stream stands. */
  #events: StatusEvent[] | undefined;

  take(step: Step): void {
    if (step.do === 'work') {
      if (step.deed === 'apply' || step.deed === 'delete') this.untold.add(step.id);
      this.maestro.do(step.deed, step.id);
    } else if ('which' in step) this.#goOn(step.do, step.which);
    else if (step.do === 'hear') this.#hear();
    else if (step.do === 'cut') this.#events = undefined;
    else if (step.do === 'open') this.#open();
    else this.#begin(ids);
  }

  /** The stream stands and all is heard, and every read that is begun ends. */
  settle(): void {
    this.#open();
    this.#goOnToTheEnd();
  }

  /** Reads all once more. */
  readAll(): void {
    this.#begin(ids);
    this.#goOnToTheEnd();
  }

  view(of: (id: string) => boolean): readonly string[] {
    return [...this.store.works()]
      .filter(({ id }) => of(id))
      .map(({ kept }) => gist(kept))
      .sort();
  }

  truth(of: (id: string) => boolean): readonly string[] {
    return [...this.maestro.rows.values()]
      .filter(({ id }) => of(id))
      .map(gist)
      .sort();
  }

  #goOnToTheEnd(): void {
    while (this.#reads.length > 0 || (this.#events?.length ?? 0) > 0) {
      this.#hear();
      this.#goOn('page', 0);
      this.#goOn('arrive', 0);
    }
  }

  /** Each stream begins with a read of all, for nothing is told twice. */
  #open(): void {
    if (this.#events !== undefined) return;
    this.#events = [];
    this.untold.clear();
    this.#begin(ids);
  }

  #begin(of: readonly string[]): void {
    this.#reads.push({ read: this.store.beginRead(), ids: of, next: 0, onTheWay: [] });
  }

  #hear(): void {
    const event = this.#events?.shift();
    if (event !== undefined) this.#took(this.store.takeEvent(event), event.id);
  }

  #goOn(what: 'page' | 'arrive', which: number): void {
    const reading = this.#reads[which % Math.max(1, this.#reads.length)];
    if (reading === undefined) return;
    if (what === 'page') {
      const row = this.maestro.rows.get(reading.ids[reading.next] ?? '');
      if (row !== undefined) reading.onTheWay.push(row);
      reading.next += 1;
      return;
    }
    const row = reading.onTheWay.shift();
    if (row !== undefined) return this.#took(this.store.takeRow(row, reading.read), row.id);
    if (reading.next < reading.ids.length) return;
    this.#reads.splice(this.#reads.indexOf(reading), 1);
    if (reading.ids !== ids) return void this.changes.push(...this.store.endRead(reading.read, reading.ids));
    // A list takes its time: what it lacks is asked for by id before it is believed to be gone.
    const missing = [...this.store.missing(reading.read)].map(({ id }) => id);
    if (missing.length > 0) this.#begin(missing);
  }

  #took({ changes, mustRead }: Taken<ResourceBundle>, id: string): void {
    this.changes.push(...changes);
    if (mustRead) this.#begin([id]);
  }
}

/** Keeps next to nothing, and takes every report for a sighting of its work. */
const versions: Projection<number> = { ofRow: ({ version }) => version, ofReport: ({ version }) => version };

const follow = (steps: readonly Step[]): Follower => {
  const follower = new Follower();
  for (const one of steps) follower.take(one);
  follower.settle();
  return follower;
};

const steps = fc.array(step, { minLength: 1, maxLength: 120, size: 'max' });

describe('whatever order rows, events, streams and reads come in', () => {
  it('the store ends in the truth, and knows without another read what was reported', () => {
    fc.assert(
      fc.property(steps, (order) => {
        const follower = follow(order);
        const isTold = (id: string): boolean => !follower.untold.has(id);
        expect(follower.view(isTold)).toEqual(follower.truth(isTold));
        follower.readAll();
        expect(follower.view(() => true)).toEqual(follower.truth(() => true));
      }),
      runs,
    );
  });

  it('no work whose end was heard comes back, no report goes back, and changes follow each other', () => {
    fc.assert(
      fc.property(steps, (order) => {
        const present = new Map<string, ResourceBundle>();
        const ended = new Set<string>();
        for (const change of follow(order).changes) {
          if (change.type === 'ENDED') continue;
          const before = present.get(change.id);
          const known = before === undefined ? undefined : gist(before);
          if (change.type === 'ADDED') expect(known).toBeUndefined();
          else if (change.type === 'MODIFIED') expect(gist(change.before)).toBe(known);
          else expect(gist(change.known.kept)).toBe(known);
          if (change.type === 'DELETED') {
            present.delete(change.id);
            if (change.seen && before !== undefined) ended.add(before.createdAt);
            continue;
          }
          expect(ended).not.toContain(change.kept.createdAt);
          if (change.type === 'MODIFIED')
            expect(BigInt(change.kept.status?.sequenceId ?? 0)).toBeGreaterThanOrEqual(
              BigInt(before?.status?.sequenceId ?? 0),
            );
          present.set(change.id, change.kept);
        }
      }),
      runs,
    );
  });
});

describe('what is news of a work', () => {
  const clock = new ManualClock();
  const created = '2026-11-22T10:00:00.250Z';
  const row = (over: Partial<ResourceBundle> & { readonly report?: string } = {}): ResourceBundle => {
    const { report, ...rest } = over;
    const version = rest.version ?? 1;
    return {
      id: 'w',
      consumerName: 'c1',
      version,
      createdAt: created,
      updatedAt: created,
      metadata: {},
      manifests: [],
      manifestConfigs: [],
      raw: {},
      ...(report === undefined ? {} : { status: statusOf(version, report) }),
      ...rest,
    };
  };
  const statusOf = (observedVersion: number, sequenceId: string, deleted = false): StatusEvent['status'] => ({
    observedVersion,
    sequenceId,
    conditions: deleted ? [{ type: 'Deleted', status: 'True', reason: '', message: '' }] : [],
    resourceStatus: [],
  });
  const event = (
    version: number,
    sequenceId: string,
    { deleted = false, ...over }: Partial<StatusEvent> & { readonly deleted?: boolean } = {},
  ): StatusEvent => ({
    kind: 'status',
    id: 'w',
    consumer: 'c1',
    version,
    sequenceId,
    statusHash: '',
    time: '',
    metadata: { creationTimestamp: '2026-11-22T10:00:00Z' },
    status: statusOf(version, sequenceId, deleted),
    data: {},
    ...over,
  });
  const types = ({ changes }: Taken<number>): readonly string[] => changes.map(({ type }) => type);
  const store = (): WorkStore<number> => new WorkStore({ projection: versions, clock });

  it('is not the same report told twice, by stream and by list, nor an earlier one that arrives late', () => {
    const works = store();
    expect(types(works.takeEvent(event(2, '5')))).toEqual(['ADDED']);
    expect(types(works.takeRow(row({ version: 2, report: '5' }), works.beginRead()))).toEqual([]);
    expect(types(works.takeEvent(event(1, '12')))).toEqual([]);
    expect(types(works.takeEvent(event(2, '4')))).toEqual([]);
  });

  it('is a later stored version and a beginning deletion, although no agent has reported since', () => {
    const works = store();
    works.takeEvent(event(1, '5'));
    const later = { version: 2, status: statusOf(1, '5') };
    expect(types(works.takeRow(row(later), works.beginRead()))).toEqual(['MODIFIED']);
    expect(types(works.takeRow(row({ ...later, deletedAt: created }), works.beginRead()))).toEqual(['MODIFIED']);
    expect(works.get('w')?.version).toBe(2);
  });

  it('is not a row of before its end, but the work that is made anew', () => {
    const works = store();
    works.takeEvent(event(1, '5'));
    expect(types(works.takeEvent(event(1, '7', { deleted: true })))).toEqual(['DELETED']);
    expect(types(works.takeEvent(event(1, '7', { deleted: true })))).toEqual([]);
    expect(types(works.takeRow(row({ report: '6' }), works.beginRead()))).toEqual([]);
    expect(types(works.takeRow(row({ createdAt: '2026-11-22T10:05:00Z' }), works.beginRead()))).toEqual(['ADDED']);
  });

  it('is what a whole read did not show, and not what the stream showed meanwhile', () => {
    const works = store();
    for (const id of ['a', 'b', 'c']) works.takeEvent(event(1, '1', { id }));
    const read = works.beginRead();
    works.takeRow(row({ id: 'a', report: '1' }), read);
    works.takeEvent(event(1, '2', { id: 'b' }));
    expect(works.endRead(read)).toMatchObject([{ type: 'DELETED', id: 'c', seen: false }]);
    expect(works.size).toBe(2);
  });

  it('is of its own cluster only', () => {
    const works = store();
    works.takeRow(row({ report: '1' }), works.beginRead());
    expect(types(works.takeEvent(event(1, '9', { consumer: 'c2' })))).toEqual([]);
    expect(types(works.takeEvent(event(1, '9', { consumer: 'c2', deleted: true })))).toEqual([]);
  });

  it('is a step back to a backup, when a read tells of it that began after all that is known', () => {
    const works = store();
    works.takeRow(row({ version: 7, report: '9' }), works.beginRead());
    expect(types(works.takeRow(row({ version: 3, report: '2' }), works.beginRead()))).toEqual(['MODIFIED']);
    expect(types(works.takeEvent(event(3, '3')))).toEqual(['MODIFIED']);
  });

  it('is asked for once more, where one read says that the work is gone and an older one that it is there', () => {
    const works = store();
    const old = works.beginRead();
    works.takeRow(row(), works.beginRead());
    works.endRead(works.beginRead());
    expect(works.takeRow(row(), old)).toEqual({ changes: [], mustRead: true });
    expect(types(works.takeRow(row(), works.beginRead()))).toEqual(['ADDED']);
  });

  it('is no end of what was just written, when its report is that of the work before, which ended unseen', () => {
    const order = new WorkOrder(clock);
    const before = {
      consumer: 'c1',
      createdAt: created,
      version: 1,
      deleting: true,
      observedVersion: 1,
      sequenceId: '6',
    };
    order.endUnseen('w', { ...before, ...order.shown(undefined) });
    const written = { ...before, createdAt: '', deleting: false, observedVersion: 0, sequenceId: '' };
    const ofEvent = (over: Partial<StatusEvent>): string =>
      order.ofEvent(event(1, '7', { deleted: true, ...over }), { ...written, ...order.shown(undefined) });
    expect(ofEvent({})).toBe('ended');
    expect(ofEvent({ metadata: { creationTimestamp: '2026-11-22T10:05:00Z' } })).toBe('end');
  });

  it('is a work that still reads an hour after its end was heard: Maestro may have been restored', async () => {
    const works = store();
    works.takeRow(row(), works.beginRead());
    works.takeEvent(event(1, '7', { deleted: true }));
    await clock.advance(3_600_001);
    expect(types(works.takeRow(row(), works.beginRead()))).toEqual(['ADDED']);
  });

  it('comes in the order of reports, and ends at the greatest, whatever order they arrive in', () => {
    const report = fc.record({ observed: fc.integer({ min: 1, max: 4 }), sequence: fc.integer({ min: 1, max: 50 }) });
    const rank = ({ observed, sequence }: { observed: number; sequence: number }): number => observed * 100 + sequence;
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 40 }), (reports) => {
        const works = store();
        const given = reports
          .filter(({ observed, sequence }) => works.takeEvent(event(observed, String(sequence))).changes.length > 0)
          .map(rank);
        expect(given).toEqual([...new Set(given)].sort((one, other) => one - other));
        expect(Math.max(...given)).toBe(Math.max(...reports.map(rank)));
      }),
    );
  });
});
