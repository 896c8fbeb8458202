import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/clients/index.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { WorkStore, type Change, type Read, type Taken } from '../../src/works/store.ts';
import { wholeRows } from '../../src/works/whole-rows.ts';
import { ManualClock } from '../support/fake-clock.ts';
import { deeds, gist, ModelMaestro, type Deed } from './support/model.ts';

const ids = ['a', 'b', 'c'];

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
      { numRuns: 2000 },
    );
  });

  it('no work whose end was heard comes back, no report goes back, and changes follow each other', () => {
    fc.assert(
      fc.property(steps, (order) => {
        const present = new Map<string, ResourceBundle>();
        const ended = new Set<string>();
        for (const change of follow(order).changes) {
          const before = present.get(change.id);
          const known = before === undefined ? undefined : gist(before);
          if (change.type === 'ADDED') expect(known).toBeUndefined();
          else if (change.type === 'MODIFIED') expect(gist(change.before)).toBe(known);
          else if (change.known !== undefined) expect(gist(change.known.kept)).toBe(known);
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
      { numRuns: 2000 },
    );
  });
});
