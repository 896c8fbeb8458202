import fc from 'fast-check';
import type { JsonObject } from '../../../src/core/json.ts';
import { withOwners } from '../../../src/core/ownership/owners.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../../../src/core/works/manifest-work.ts';

export const source = 'maestro-cli';
export const managers = [source, 'nodepool', 'idp', 'ingress'] as const;

/** Few names, so that works of different managers meet in them. */
const addresses = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => [
  { apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps', group: '', name },
  { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments', group: 'apps', name },
]);

type Address = (typeof addresses)[number];

export const labelOf = (manifest: JsonObject): string => manifestLabel(manifestKey(manifest));

export function manifestOf(
  { apiVersion, kind, name }: Pick<Address, 'apiVersion' | 'kind' | 'name'>,
  value: number,
): JsonObject {
  return { apiVersion, kind, metadata: { name, namespace: 'np' }, data: { value } };
}

export function configOf(
  { group, resource }: Pick<Address, 'group' | 'resource'>,
  name: string,
  strategy: string,
): JsonObject {
  return { resourceIdentifier: { group, resource, namespace: 'np', name }, updateStrategy: { type: strategy } };
}

const smallMap = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2'), { maxKeys: 3 });
const deleteOption = fc.constantFrom<JsonObject | undefined>(
  undefined,
  undefined,
  { propagationPolicy: 'Orphan' },
  { propagationPolicy: 'Foreground' },
);
const executor = fc.constantFrom<JsonObject | undefined>(undefined, { subject: { type: 'ServiceAccount' } });

const anyConfigs = fc
  .uniqueArray(
    fc.record({
      address: fc.constantFrom(...addresses),
      pattern: fc.constantFrom('own', 'own', 'own', '*'),
      strategy: fc.constantFrom('Update', 'CreateOnly'),
    }),
    {
      maxLength: 4,
      selector: ({ address, pattern }) => `${address.resource}/${pattern === 'own' ? address.name : pattern}`,
    },
  )
  .map((chosen) =>
    chosen.map(({ address, pattern, strategy }) =>
      configOf(address, pattern === 'own' ? address.name : pattern, strategy),
    ),
  );

/** What a manager may bring: options only for what it names, patterns included. */
export const anyDesired: fc.Arbitrary<ManifestWork> = fc
  .record({
    chosen: fc.uniqueArray(fc.record({ address: fc.constantFrom(...addresses), value: fc.nat(2) }), {
      minLength: 1,
      maxLength: 5,
      selector: ({ address }) => `${address.kind}/${address.name}`,
    }),
    configs: anyConfigs,
    labels: smallMap,
    annotations: smallMap,
    deleteOption,
    executor,
  })
  .map((parts) => ({
    name: 'w',
    labels: parts.labels,
    annotations: parts.annotations,
    manifests: parts.chosen.map(({ address, value }) => manifestOf(address, value)),
    manifestConfigs: parts.configs,
    ...(parts.deleteOption === undefined ? {} : { deleteOption: parts.deleteOption }),
    ...(parts.executor === undefined ? {} : { executor: parts.executor }),
  }));

/** A work whose manifests belong to several managers, recorded as they are stored. */
export const anyStored: fc.Arbitrary<ManifestWork> = fc
  .record({ work: anyDesired, owners: fc.array(fc.constantFrom(...managers), { minLength: 5, maxLength: 5 }) })
  .map(({ work, owners }) => {
    const byLabel = new Map(work.manifests.map((manifest, index) => [labelOf(manifest), owners[index] ?? source]));
    return withOwners(work, byLabel, source);
  });

export const anyManager = fc.constantFrom(...managers);
