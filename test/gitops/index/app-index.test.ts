import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundleNameOf } from '../../../src/gitops/bundle/bundle-name.ts';
import { AppIndex } from '../../../src/gitops/index/app-index.ts';
import type { HubFacts } from '../../../src/gitops/index/hub-facts.ts';
import { BundleRecord } from '../../../src/gitops/index/records.ts';
import { bundleRecord, hubFacts, storedBundle } from '../policy/records.ts';

function set(index: AppIndex, key: string, hub: Partial<HubFacts> | undefined): void {
  index.setHub(index.getOrAdd(key), hub === undefined ? undefined : hubFacts(hub));
}

/** The record, which the test has made. */
function record(index: AppIndex, key: string): NonNullable<ReturnType<AppIndex['get']>> {
  const app = index.get(key);
  if (app === undefined) throw new Error(`no ${key}`);
  return app;
}

/** Nobody is barred from being delivered. */
const mayAll = (): boolean => false;

describe('the index', () => {
  test('an application is forgotten when it is neither on the hub nor in Maestro', () => {
    const index = new AppIndex();
    set(index, 'n/a', {});
    index.addBundle('n/a', bundleRecord());
    set(index, 'n/a', undefined);
    expect(index.get('n/a')?.bundles).toHaveLength(1);
    expect(index.removeBundle('b1')?.key).toBe('n/a');
    expect([index.size, index.bundles, index.get('n/a')]).toEqual([0, 0, undefined]);
    expect(index.removeBundle('b1')).toBeUndefined();
  });

  test("a bundle that names another application now is that one's", () => {
    const index = new AppIndex();
    const bundle = bundleRecord();
    index.addBundle('n/a', bundle);
    index.addBundle('n/b', bundle);
    expect(index.byBundle('b1')).toEqual({ app: index.get('n/b'), bundle });
    expect([index.size, index.bundles]).toEqual([1, 1]);
  });

  test('the first to want a name on the cluster has it, the next one when that goes', () => {
    const index = new AppIndex();
    set(index, 'one/app', {});
    set(index, 'two/app', {});
    expect(index.holderOfSpokeName(record(index, 'one/app'), mayAll)).toBeUndefined();
    expect(index.holderOfSpokeName(record(index, 'two/app'), mayAll)).toBe('one/app');
    expect(index.rivals(record(index, 'one/app'))).toEqual(['two/app']);
    set(index, 'one/app', undefined);
    expect(index.holderOfSpokeName(record(index, 'two/app'), mayAll)).toBeUndefined();
  });

  test('the one that is delivered has the name, whoever came first', () => {
    const index = new AppIndex();
    set(index, 'one/app', {});
    set(index, 'two/app', {});
    index.addBundle('two/app', bundleRecord());
    expect(index.holderOfSpokeName(record(index, 'one/app'), mayAll)).toBe('two/app');
    expect(index.holderOfSpokeName(record(index, 'two/app'), mayAll)).toBeUndefined();
  });

  test('one that moves to a namespace where its name is taken does not have it by what it left in another', () => {
    const index = new AppIndex();
    set(index, 'one/app', { spokeNamespace: 'argocd' });
    index.addBundle('one/app', bundleRecord({ stored: { id: 'old', spokeNamespace: 'elsewhere' } }));
    set(index, 'two/app', { spokeNamespace: 'argocd' });
    index.addBundle('two/app', bundleRecord({ stored: { id: 'there', spokeNamespace: 'argocd' } }));
    expect(index.holderOfSpokeName(record(index, 'one/app'), mayAll)).toBe('two/app');
    expect(index.holderOfSpokeName(record(index, 'two/app'), mayAll)).toBeUndefined();
  });

  test('plain bundle names are shared by namespace and name, on one cluster', () => {
    const index = new AppIndex();
    set(index, 'a-b/c', {});
    set(index, 'a/b-c', { cluster: 'c2' });
    expect(index.sharesPlainName(record(index, 'a-b/c'))).toBe(false);
    set(index, 'a/b-c', { cluster: 'c1' });
    expect(index.sharesPlainName(record(index, 'a-b/c'))).toBe(true);
  });
});

test('what is kept says what it was given, shared or not', () => {
  const text = fc.constantFrom('', 'a', 'b', 'c1');
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          uid: text,
          cluster: text,
          desiredHash: text,
          spokeNamespace: text,
          spokeName: text,
          hubName: text,
          hubId: text,
        }),
        { minLength: 1, maxLength: 6 },
      ),
      (list) => {
        const index = new AppIndex();
        const bundle = new BundleRecord(storedBundle({ id: 'x' }));
        for (const { uid, cluster, desiredHash, spokeNamespace, spokeName, hubName, hubId } of list) {
          const facts = hubFacts({ uid, cluster, desiredHash, spokeNamespace });
          const stored = storedBundle({
            id: 'x',
            consumer: cluster,
            hubUid: uid,
            contentHash: desiredHash,
            spokeNamespace,
            spokeName,
            hubName,
            hubId,
          });
          const app = index.addBundle('n/a', bundle);
          index.restate(bundle, stored);
          index.setHub(app, facts);
          expect([app.hub, bundle.stored]).toEqual([facts, stored]);
        }
      },
    ),
  );
});

const key = fc.constantFrom('a/app', 'b/app', 'a/b-c', 'a-b/c');
const facts = fc.record({ cluster: fc.constantFrom('', 'c1', 'c2'), spokeNamespace: fc.constantFrom('x', 'y') });
type Step =
  | {
      readonly do: 'hub';
      readonly key: string;
      readonly facts: { readonly cluster: string; readonly spokeNamespace: string } | undefined;
    }
  | { readonly do: 'add'; readonly key: string; readonly id: string; readonly spokeNamespace: string }
  | { readonly do: 'remove'; readonly id: string };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('hub' as const), key, facts: fc.option(facts, { nil: undefined }) }),
    fc.record({
      do: fc.constant('add' as const),
      key,
      id: fc.constantFrom('1', '2', '3'),
      spokeNamespace: fc.constantFrom('x', 'y'),
    }),
    fc.record({ do: fc.constant('remove' as const), id: fc.constantFrom('1', '2', '3') }),
  ),
  { maxLength: 40 },
);

describe('after whatever happened', () => {
  test('every way to an application tells what is so', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const index = new AppIndex();
        const hub = new Map<string, { readonly cluster: string; readonly spokeNamespace: string }>();
        const bundles = new Map<string, string>();
        /** What each bundle has on cluster c1: `<spoke namespace>/<name>`. */
        const there = new Map<string, string>();
        for (const step of list) {
          if (step.do === 'hub') {
            set(index, step.key, step.facts);
            if (step.facts === undefined) hub.delete(step.key);
            else hub.set(step.key, step.facts);
          } else if (step.do === 'add') {
            const { spokeNamespace, id } = step;
            const spokeName = step.key.slice(step.key.indexOf('/') + 1);
            const stored = storedBundle({ id, spokeNamespace, spokeName });
            const known = index.byBundle(id)?.bundle;
            if (known !== undefined) index.restate(known, stored);
            index.addBundle(step.key, known ?? new BundleRecord(stored));
            bundles.set(id, step.key);
            there.set(id, `${spokeNamespace}/${spokeName}`);
          } else {
            expect(index.removeBundle(step.id)?.key).toBe(bundles.get(step.id));
            bundles.delete(step.id);
          }
        }
        const keys = new Set([...hub.keys(), ...bundles.values()]);
        expect([...index.all()].map((app) => app.key).sort()).toEqual([...keys].sort());
        expect([index.size, index.bundles]).toEqual([keys.size, bundles.size]);
        for (const id of ['1', '2', '3']) expect(index.byBundle(id)?.app.key).toBe(bundles.get(id));
        // All bundles are for c1.
        const delivered = new Map([['c1', new Set(bundles.values())]]);
        for (const cluster of ['c1', 'c2']) {
          expect([...index.ofCluster(cluster)].sort()).toEqual(
            [...keys].filter((name) => hub.get(name)?.cluster === cluster || delivered.get(cluster)?.has(name)).sort(),
          );
        }
        for (const [name, mine] of hub) {
          const app = record(index, name);
          expect(app.bundles.map(({ stored }) => stored.id).sort()).toEqual(
            [...bundles]
              .filter(([, owner]) => owner === name)
              .map(([id]) => id)
              .sort(),
          );
          const near = [...hub].filter(
            ([other, its]) => mine.cluster !== '' && other !== name && its.cluster === mine.cluster,
          );
          const rivals = near
            .filter(([other, its]) => its.spokeNamespace === mine.spokeNamespace && other.endsWith(`/${app.name}`))
            .map(([other]) => other);
          const holders =
            mine.cluster === 'c1'
              ? [...bundles]
                  .filter(([id]) => there.get(id) === `${mine.spokeNamespace}/${app.name}`)
                  .map(([, owner]) => owner)
              : [];
          const others = new Set([...rivals, ...holders].filter((other) => other !== name));
          expect([...index.rivals(app)].sort()).toEqual([...others].sort());
          // Of several that want one name, one and only one has it; none while all who are there want another by now.
          const wanting = [name, ...rivals];
          const left = holders.length > 0 && !holders.some((holder) => wanting.includes(holder));
          const winners = wanting.filter((one) => index.holderOfSpokeName(record(index, one), mayAll) === undefined);
          if (mine.cluster !== '') expect(winners).toHaveLength(left ? 0 : 1);
          // Who is there already is not displaced by one that is not.
          if (holders.length > 0 && !left) expect(holders).toContain(winners[0]);
          const plain = bundleNameOf(app.namespace, app.name);
          expect(index.sharesPlainName(app)).toBe(near.some(([other]) => other.replace('/', '-') === plain));
        }
      }),
      { numRuns: 500 },
    );
  });
});
