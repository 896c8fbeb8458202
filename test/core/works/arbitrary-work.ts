import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const text = fc.string({ unit: 'grapheme-ascii', maxLength: 8 });

/** Values of manifests: no null members, because those count as absent. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.boolean(),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

export const anyManifest: fc.Arbitrary<JsonObject> = fc
  .record({
    apiVersion: fc.constantFrom('v1', 'apps/v1', 'batch/v1'),
    kind: fc.constantFrom('ConfigMap', 'Deployment', 'Job'),
    name,
    namespace: fc.option(name, { nil: undefined }),
    data: fc.dictionary(name, anyJson, { maxKeys: 3 }),
  })
  .map(({ apiVersion, kind, data, ...metadata }) => ({
    apiVersion,
    kind,
    metadata:
      metadata.namespace === undefined ? { name: metadata.name } : { ...metadata, namespace: metadata.namespace },
    data,
  }));

function address(manifest: JsonObject): string {
  return JSON.stringify([manifest['apiVersion'], manifest['kind'], manifest['metadata']]);
}

export const anyWork: fc.Arbitrary<ManifestWork> = fc.record(
  {
    name,
    namespace: name,
    labels: fc.dictionary(name, name, { maxKeys: 3 }),
    annotations: fc.dictionary(name, text, { maxKeys: 3 }),
    manifests: fc.uniqueArray(anyManifest, { minLength: 1, maxLength: 4, selector: address }),
    manifestConfigs: fc.array(
      fc.record({
        resourceIdentifier: fc.record({ group: fc.constant(''), resource: name, namespace: name, name }),
        updateStrategy: fc.record({ type: fc.constantFrom('Update', 'CreateOnly', 'ServerSideApply', 'ReadOnly') }),
      }),
      { maxLength: 2 },
    ),
    deleteOption: fc.record({ propagationPolicy: fc.constantFrom('Foreground', 'Orphan') }),
    executor: fc.record({
      subject: fc.record({
        type: fc.constant('ServiceAccount'),
        serviceAccount: fc.record({ namespace: name, name }),
      }),
    }),
  },
  { requiredKeys: ['name', 'labels', 'annotations', 'manifests', 'manifestConfigs'] },
);
