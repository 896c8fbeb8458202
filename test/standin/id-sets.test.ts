import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdIndex } from '../../src/standin/store/id-index.ts';
import { JoinedIds } from '../../src/standin/store/joined-ids.ts';
import { SortedIds, type Ids } from '../../src/standin/store/sorted-ids.ts';

/** So many that they stand in several buckets, with names that sort as their numbers do. */
const many = 2_600;
const named = (number: number): string => `w${String(number).padStart(5, '0')}`;
const all = Array.from({ length: many }, (_, number) => named(number));
/** The same in an order that goes to and fro. */
const mixed = all.map((_, index) => named((index * 777) % many));

/** All that is asked of ids, at some of their places and between them. */
function expectToHold(ids: Ids, wanted: readonly string[]): void {
  expect(ids.size).toBe(wanted.length);
  expect([...ids.after()]).toEqual(wanted);
  expect(ids.countAfter()).toBe(wanted.length);
  const asked = [0, 512, 1_023, 1_024, 2_048, many - 1];
  for (const id of [...asked.flatMap((number) => [named(number), `${named(number)}x`]), '', 'z']) {
    const rest = wanted.filter((one) => one > id);
    expect([...ids.after(id)], id).toEqual(rest);
    expect(ids.countAfter(id), id).toBe(rest.length);
    expect(ids.has(id), id).toBe(wanted.includes(id));
  }
}

describe.each([
  ['ascending', all],
  ['descending', all.toReversed()],
  ['mixed', mixed],
])('thousands of ids that come %s', (_what, coming) => {
  it('are held in order, each once', () => {
    expectToHold(new SortedIds([...coming, ...coming.slice(0, 100)]), all);
  });

  it('go again, one by one, in whatever order', () => {
    const ids = new SortedIds(coming);
    for (const id of mixed) if (Number(id.slice(1)) % 3 !== 0) ids.remove(id);
    ids.remove('w0');
    expectToHold(
      ids,
      all.filter((id) => Number(id.slice(1)) % 3 === 0),
    );
    for (const id of all) ids.remove(id);
    expectToHold(ids, []);
    ids.add(named(7));
    expectToHold(ids, [named(7)]);
  });
});

it('are gone through while others come and go', () => {
  const ids = new SortedIds(all);
  const seen: string[] = [];
  for (const id of ids.after()) {
    seen.push(id);
    if (id === named(10)) for (const gone of all.slice(1_500)) ids.remove(gone);
    if (id === named(20)) ids.add('z');
  }
  expect(seen).toEqual([...all.slice(0, seen.length - 1), 'z']);
  expect(seen.length).toBeLessThanOrEqual(2_048);
});

it('are all gone through while those that were seen go again, in every bucket', () => {
  const ids = new SortedIds(all);
  const seen: string[] = [];
  for (const id of ids.after()) {
    seen.push(id);
    if (seen.length > 1) ids.remove(id);
  }
  expect(seen).toEqual(all);
  expectToHold(ids, all.slice(0, 1));
});

describe.each([1, 2, 8, 9, 20])('the ids of %i indexes together', (count) => {
  it('are those of each, in one order', () => {
    const parts = Array.from(
      { length: count },
      (_, part) => new SortedIds(all.filter((_id, at) => at % count === part)),
    );
    expectToHold(new JoinedIds(parts), all);
  });
});

describe('an index of ids by a text', () => {
  it('holds what a map of sets holds, whatever was added and removed', () => {
    const text = fc.constantFrom('a', 'b');
    const id = fc.constantFrom('w1', 'w2', 'w3');
    fc.assert(
      fc.property(fc.array(fc.record({ add: fc.boolean(), text, id }), { maxLength: 40 }), (changes) => {
        const index = new IdIndex();
        const model = { a: new Set<string>(), b: new Set<string>() };
        for (const change of changes) {
          if (change.add) index.add(change.text, change.id);
          else index.remove(change.text, change.id);
          if (change.add) model[change.text].add(change.id);
          else model[change.text].delete(change.id);
        }
        for (const of of ['a', 'b'] as const) {
          expect([...index.of(of).after()]).toEqual([...model[of]].sort());
          expect(index.of(of).size).toBe(model[of].size);
        }
      }),
    );
  });
});
