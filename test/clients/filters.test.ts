import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { matchesBundle, matchesConsumer, type BundleFilter } from '../../src/clients/filters.ts';
import { connectInProcess } from '../../src/clients/in-process.ts';
import type { CallOptions } from '../../src/clients/transport.ts';
import { systemClock } from '../../src/clock.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import type { Consumer, ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { createStandIn } from '../../src/standin/index.ts';

const options: CallOptions = { signal: new AbortController().signal, deadlineMs: Number.POSITIVE_INFINITY };
const consumers = ['c1', 'c2', 'c3'];
const sources = ['s', "o'neil", 's ->> 2'];
const names = ['w', "it's", 'v w'];
const labels: readonly Record<string, string>[] = [{}, { app: 'web' }, { app: 'web', tier: "d'b" }, { tier: 'x' }];
const subject = (name: string): JsonObject => ({ subject: { type: 'ServiceAccount', groups: ['a', name], name } });
const executors: readonly (JsonObject | undefined)[] = [undefined, {}, subject('sa'), subject('other')];
const manifest = (kind: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'default' },
});

const standIn = await createStandIn({ consumers, agent: { online: false } });
const { reader, writer } = connectInProcess(standIn);
afterAll(() => standIn.close());

/** Every work that the filters choose from, with what REST does not show of it. */
const rows: { readonly bundle: ResourceBundle; readonly source: string; readonly executor?: JsonObject }[] = [];
let count = 0;
for (const consumer of consumers) {
  for (const source of sources) {
    for (const name of names) {
      const executor = executors[count % executors.length];
      const id = bundleId(source, consumer, name);
      const work = {
        name,
        labels: labels[count % 3] ?? {},
        annotations: {},
        manifests: [
          manifest('ConfigMap', `m${String(count % 4)}`),
          manifest(count % 2 === 0 ? 'Secret' : 'Service', 'x'),
        ],
        manifestConfigs: [],
        ...(executor === undefined ? {} : { executor }),
      };
      await writer.publish({ kind: 'create', target: { id, consumer, source }, work }, options);
      const bundle = await reader.getBundle(id, options);
      if (bundle === undefined) throw new Error(`no bundle ${id}`);
      rows.push({ bundle, source, executor });
      count += 1;
      // Each is changed at a millisecond of its own.
      await systemClock.sleep(2, options.signal);
    }
  }
}

const some = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(fc.constantFrom(...values, 'nobody'), { maxLength: 4 });
const anyFilter: fc.Arbitrary<BundleFilter> = fc.record(
  {
    ids: some(rows.map(({ bundle }) => bundle.id)),
    consumers: some(consumers),
    source: fc.constantFrom(...sources),
    names: some(names),
    labels: fc.constantFrom(...labels),
    executor: fc.constantFrom<JsonObject>({}, subject('sa'), { subject: { groups: ['a'] } }, { subject: { x: 'y' } }),
    manifests: fc.uniqueArray(
      fc.constantFrom<JsonObject>(
        { kind: 'ConfigMap' },
        { kind: 'Secret', metadata: { name: 'x' } },
        manifest('ConfigMap', 'm1'),
        { metadata: { namespace: 'default' } },
        { kind: 'Job' },
      ),
      { maxLength: 2 },
    ),
    updatedAfter: fc
      .constantFrom(...rows.map(({ bundle }) => bundle.updatedAt))
      .map((time) => new Date(Date.parse(time)).toISOString()),
  },
  { requiredKeys: [] },
);

it('a filter means the same to the evaluator as to a Maestro that is asked by its search', async () => {
  await fc.assert(
    fc.asyncProperty(anyFilter, fc.constantFrom(400, 3), async (where, pageSize) => {
      const found: string[] = [];
      for await (const page of reader.listBundles({ where, pageSize }, options))
        found.push(...page.map(({ id }) => id));
      const meant = rows.filter(({ bundle, ...hidden }) => matchesBundle(where, bundle, hidden));
      expect(found).toEqual(meant.map(({ bundle }) => bundle.id).sort());
    }),
    { numRuns: 500 },
  );
});

it('what REST shows of a row never speaks against one that was meant', () => {
  fc.assert(
    fc.property(anyFilter, (where) => {
      for (const { bundle, ...hidden } of rows)
        if (matchesBundle(where, bundle, hidden)) expect(matchesBundle(where, bundle)).toBe(true);
    }),
  );
});

it('the same of consumers', async () => {
  const all: Consumer[] = [];
  for await (const page of reader.listConsumers({}, options)) all.push(...page);
  expect(all).toHaveLength(consumers.length);
  const filter = fc.record({ ids: some(all.map(({ id }) => id)), names: some(consumers) }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(filter, async (where) => {
      const found: string[] = [];
      for await (const page of reader.listConsumers({ where }, options)) found.push(...page.map(({ name }) => name));
      expect(found.sort()).toEqual(
        all
          .filter((one) => matchesConsumer(where, one))
          .map(({ name }) => name)
          .sort(),
      );
    }),
  );
});
