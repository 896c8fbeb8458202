import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.ts';
import type { OldWork } from '../../../src/core/migration/old-work.ts';
import { config, configMap, stored, work } from './stored.ts';

/** How often a property is tried; more with `RUNS=5000 npx vitest run test/core/migration`. */
export const runs = (usual = 100): { readonly numRuns: number } => ({ numRuns: Number(process.env['RUNS'] ?? usual) });

const managers = ['np', 'idp', 'ns', 'dns'];
const objects = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const strategies = fc.constantFrom<JsonObject | undefined>(
  undefined,
  { updateStrategy: { type: 'CreateOnly' } },
  { feedbackRules: [{ type: 'WellKnownStatus' }] },
  { feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'x', path: '.data.x' }] }] },
  { updateStrategy: { type: 'ServerSideApply' }, feedbackRules: [{ type: 'WellKnownStatus' }] },
  { updateStrategy: { type: 'ReadOnly' } },
);

/** What a work says of the end of its objects; Foreground is what is meant when nothing is said. */
type Ending = 'default' | 'Orphan' | 'some';

/** Works of one manager each that hold different objects: what pattern A is. */
export const anyWorksOfA: fc.Arbitrary<readonly OldWork[]> = fc
  .record({
    owners: fc.array(fc.constantFrom(...managers), { minLength: objects.length, maxLength: objects.length }),
    used: fc.subarray(objects, { minLength: 1 }),
    options: fc.array(strategies, { minLength: objects.length, maxLength: objects.length }),
    endings: fc.array(fc.constantFrom<Ending>('default', 'default', 'Orphan', 'some'), { minLength: 4, maxLength: 4 }),
    labels: fc.array(fc.subarray(['l1', 'l2', 'l3']), { minLength: 4, maxLength: 4 }),
    adapters: fc.boolean(),
  })
  .map(({ owners, used, options, endings, labels, adapters }) => {
    const byManager = new Map<string, string[]>();
    for (const name of used) {
      const manager = owners[objects.indexOf(name)] ?? 'np';
      byManager.set(manager, [...(byManager.get(manager) ?? []), name]);
    }
    return [...byManager].map(([manager, names]) => {
      const at = managers.indexOf(manager);
      const configs = names.flatMap((name) => {
        const option = options[objects.indexOf(name)];
        return option === undefined ? [] : [config(name, option)];
      });
      const values = Object.fromEntries((labels[at] ?? []).map((key) => [key, 'v']));
      const deleteOption = endingOf(endings[at] ?? 'default', names);
      return stored(
        work(
          `hyperfleet-c1-${manager}`,
          names.map((name) => configMap(name, { of: manager })),
          {
            labels: adapters ? { ...values, 'hyperfleet.io/adapter': manager } : values,
            annotations: values,
            manifestConfigs: configs,
            ...(deleteOption === undefined ? {} : { deleteOption }),
          },
        ),
        manager,
        at + 1,
      );
    });
  });

/** A rule for all objects would be Orphan by another name. */
function endingOf(ending: Ending, names: readonly string[]): JsonObject | undefined {
  if (ending === 'default' || (ending === 'some' && names.length < 2)) return undefined;
  if (ending === 'Orphan') return { propagationPolicy: 'Orphan' };
  const rules = names.slice(1).map((name) => ({ resource: 'configmaps', name, namespace: 'default' }));
  return { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules: rules } };
}
