import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AppFacts } from '../../../src/gitops/index/facts.ts';
import type { AppRecord } from '../../../src/gitops/index/records.ts';
import { OrphanSweep, type SweepResult } from '../../../src/gitops/policy/orphans.ts';
import { appRecord, hubFacts, ourHub } from './records.ts';

const orphan = (key: string): AppRecord => appRecord({ hub: 'gone', bundles: [{ stored: { id: key } }] }, key);
const alive = (key: string): AppRecord => appRecord({ bundles: [{ stored: { id: key } }] }, key);
const many = (count: number, make: (key: string) => AppRecord, prefix: string): AppRecord[] =>
  Array.from({ length: count }, (_, at) => make(`n/${prefix}${String(at)}`));

type Brakes = Parameters<OrphanSweep['result']>[0];

/** Sweeps in a row that found no application, by the record: whoever sweeps keeps them. */
let passes = new Map<AppFacts, number>();
let collecting = new Set<AppFacts>();
beforeEach(() => {
  passes = new Map();
  collecting = new Set();
});
const passesOf = (app: AppFacts): number => passes.get(app) ?? 0;

function look(sweep: OrphanSweep, app: AppFacts): void {
  passes.set(app, sweep.look(app, { passes: passesOf(app), collecting: collecting.has(app) }));
}

function run(apps: readonly AppRecord[], over: Partial<Brakes> = {}): SweepResult {
  const sweep = new OrphanSweep(ourHub, () => undefined);
  for (const app of apps) look(sweep, app);
  return sweep.result({ brake: { kind: 'count', count: 100 }, overrideBrake: false, ...over }, passesOf);
}

/** Two sweeps, which is what garbage takes. */
function twice(apps: readonly AppRecord[], over: Partial<Brakes> = {}): SweepResult {
  run(apps, over);
  return run(apps, over);
}

describe('a sweep', () => {
  test('writes nothing into what is known of an application', () => {
    const app = orphan('n/a');
    const before = JSON.stringify(app);
    twice([app]);
    expect(JSON.stringify(app)).toBe(before);
  });

  test('leaves one whose application came and went again while others were looked at', () => {
    const app = orphan('n/a');
    run([app]);
    const sweep = new OrphanSweep(ourHub, () => undefined);
    look(sweep, app);
    // Whoever sweeps was told of it.
    passes.delete(app);
    expect(sweep.result({ brake: { kind: 'count', count: 1 }, overrideBrake: false }, passesOf).collect).toEqual([]);
  });

  test('takes what is left on a cluster that is switched off for nothing, and counts it nowhere', () => {
    const apps = Array.from({ length: 5 }, (_unused, at) => orphan(`n/${String(at)}`));
    const brake = { kind: 'count', count: 2 } as const;
    const off = (): SweepResult => {
      const sweep = new OrphanSweep(ourHub, (cluster) => (cluster === 'c1' ? 'classic' : undefined));
      for (const app of apps) look(sweep, app);
      return sweep.result({ brake, overrideBrake: false }, passesOf);
    };
    expect(twice(apps, { brake })).toMatchObject({ collect: [], orphans: 5, brakeOn: true });
    expect(off()).toEqual({ collect: [], found: [], own: 0, orphans: 0, brakeOn: false });
    // Switched on again, it takes two sweeps once more.
    expect(run(apps)).toMatchObject({ collect: [], orphans: 5 });
    expect(run(apps).collect).toHaveLength(5);
  });

  test('takes two passes in a row that find nothing', () => {
    const app = orphan('n/a');
    expect(run([app])).toMatchObject({ collect: [], orphans: 1, brakeOn: false });
    app.hub = hubFacts();
    expect(run([app])).toMatchObject({ collect: [], orphans: 0, brakeOn: false });
    app.hub = undefined;
    expect(run([app]).collect).toEqual([]);
    expect(run([app]).collect).toEqual([app]);
  });

  test('tells of what it found the first time, and only then', () => {
    const [first, second] = [orphan('n/a'), orphan('n/b')];
    expect(run([first]).found).toEqual([first]);
    expect(run([first, second]).found).toEqual([second]);
    expect(run([first, second]).found).toEqual([]);
  });

  test('leaves what got its application while others were looked at', () => {
    const [first, second] = [orphan('n/a'), orphan('n/b')];
    run([first, second]);
    const sweep = new OrphanSweep(ourHub, () => undefined);
    look(sweep, first);
    first.hub = hubFacts();
    look(sweep, second);
    expect(sweep.result({ brake: { kind: 'count', count: 1 }, overrideBrake: false }, passesOf).collect).toEqual([
      second,
    ]);
  });

  test('leaves what is being collected, or deleted already, to that', () => {
    const collected = appRecord({ hub: 'gone', bundles: [{}] });
    collecting.add(collected);
    const deleting = appRecord({ hub: 'gone', bundles: [{ stored: { deleting: true } }] });
    expect(twice([collected, deleting])).toMatchObject({ collect: [], orphans: 1, brakeOn: false });
  });

  test.each([
    ["another hub's", { hubId: 'hub-2' }],
    ['of the Go controllers', { managedBy: 'go', hubId: '' }],
    ['foreign', { managedBy: 'foreign', hubId: '' }],
    ['foreign with our hub id', { managedBy: 'foreign' }],
  ] as const)('never takes a bundle that is %s', (_, stored) => {
    const app = appRecord({ hub: 'gone', bundles: [{ stored }] });
    for (let pass = 0; pass < 5; pass += 1)
      expect(run([app])).toMatchObject({ collect: [], orphans: 0, brakeOn: false });
  });

  test('stops at more than so many at once, whatever the share', () => {
    const apps = many(4, orphan, 'o');
    expect(twice(apps, { brake: { kind: 'count', count: 3 } })).toMatchObject({
      collect: [],
      orphans: 4,
      brakeOn: true,
    });
    expect(run(apps.slice(1), { brake: { kind: 'count', count: 3 } }).collect).toEqual(apps.slice(1));
  });

  test.each([
    [10, 0, 10],
    [11, 0, 0],
    [19, 1_981, 19],
    [20, 1_980, 20],
    [21, 1_979, 0],
  ])('stops at more than a hundredth, and at no less than ten: %i of %i others → %i', (orphans, others, collected) => {
    const result = twice([...many(orphans, orphan, 'o'), ...many(others, alive, 'a')], {
      brake: { kind: 'share', share: 0.01 },
    });
    expect([result.collect.length, result.brakeOn]).toEqual([collected, collected === 0]);
  });

  test('goes on past the brake when told to', () => {
    const apps = many(50, orphan, 'o');
    const result = twice(apps, { brake: { kind: 'count', count: 0 }, overrideBrake: true });
    expect([result.collect.length, result.brakeOn]).toEqual([50, false]);
  });

  test('bundles of others do not loosen the brake', () => {
    const foreign = many(
      5_000,
      (key) => appRecord({ hub: 'gone', bundles: [{ stored: { id: key, hubId: 'hub-2' } }] }, key),
      'f',
    );
    expect(twice([...foreign, ...many(11, orphan, 'o')], { brake: { kind: 'share', share: 0.01 } }).brakeOn).toBe(true);
  });

  test('of whatever is there, only own bundles without a hub application in two passes are collected, all or none', () => {
    const app = fc.record({
      there: fc.boolean(),
      hubId: fc.constantFrom(ourHub, 'hub-2', ''),
      managedBy: fc.constantFrom('us', 'go', 'foreign'),
      deleting: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(app, fc.boolean()), { maxLength: 30 }),
        fc.integer({ min: 0, max: 5 }),
        (list, count) => {
          const apps = list.map(([{ there, ...stored }], at) =>
            appRecord(
              { hub: there ? {} : 'gone', bundles: [{ stored: { ...stored, id: String(at) } }] },
              `n/${String(at)}`,
            ),
          );
          const brake = { kind: 'count', count } as const;
          passes = new Map();
          run(apps, { brake });
          list.forEach(([, comes], at) => {
            const one = apps[at];
            if (comes && one !== undefined) one.hub = hubFacts();
          });
          const garbage = apps.filter(
            ({ hub, bundles: [bundle] }) =>
              hub === undefined &&
              bundle?.stored.managedBy === 'us' &&
              bundle.stored.hubId === ourHub &&
              !bundle.stored.deleting,
          );
          const { collect, orphans, brakeOn } = run(apps, { brake });
          expect(orphans).toBe(garbage.length);
          expect(brakeOn).toBe(garbage.length > count);
          expect(collect).toEqual(brakeOn ? [] : garbage);
        },
      ),
    );
  });
});
