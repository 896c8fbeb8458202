import type { JsonObject } from '../../../src/core/json.ts';

const text: JsonObject = { type: 'string' };
const flag: JsonObject = { type: 'boolean' };
const anything: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function struct(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required: [...required] }) };
}

function listOf(items: JsonObject, keys: readonly string[] = []): JsonObject {
  const asMap = { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [...keys] };
  return { type: 'array', items, ...(keys.length === 0 ? {} : asMap) };
}

function oneOf(values: readonly string[], otherwise?: string): JsonObject {
  return { type: 'string', enum: [...values], ...(otherwise === undefined ? {} : { default: otherwise }) };
}

const resource = { group: text, resource: text, namespace: text, name: text };

const deleteOption = struct({
  propagationPolicy: oneOf(['Foreground', 'Orphan', 'SelectivelyOrphan'], 'Foreground'),
  selectivelyOrphans: struct({ orphaningRules: listOf(struct(resource, ['resource', 'name'])) }),
  ttlSecondsAfterFinished: { type: 'integer', format: 'int64' },
});

const jsonPath = struct({ name: text, path: text, version: text }, ['name', 'path']);
const feedbackRule = struct({ type: oneOf(['WellKnownStatus', 'JSONPaths']), jsonPaths: listOf(jsonPath, ['name']) }, [
  'type',
]);

const ignoreField = struct(
  { condition: oneOf(['OnSpokePresent', 'OnSpokeChange'], 'OnSpokePresent'), jsonPaths: listOf(text) },
  ['condition', 'jsonPaths'],
);

const updateStrategy = struct(
  {
    type: oneOf(['Update', 'CreateOnly', 'ServerSideApply', 'ReadOnly'], 'Update'),
    serverSideApply: struct({
      fieldManager: { type: 'string', default: 'work-agent', pattern: '^work-agent' },
      force: flag,
      ignoreFields: listOf(ignoreField, ['condition']),
    }),
  },
  ['type'],
);

const manifestConfig = struct(
  {
    resourceIdentifier: struct(resource, ['resource', 'name']),
    feedbackRules: listOf(feedbackRule),
    feedbackScrapeType: oneOf(['Poll', 'Watch'], 'Poll'),
    conditionRules: listOf(anything),
    updateStrategy,
  },
  ['resourceIdentifier'],
);

/** Embedded as in the real definition: the server drops an empty map of labels in a manifest. */
const manifest: JsonObject = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
};

/** With the defaults of the real definition: what is read back is not what was sent. */
export const manifestWorkSchema = struct({
  apiVersion: text,
  kind: text,
  metadata: { type: 'object' },
  spec: struct({
    deleteOption,
    executor: anything,
    manifestConfigs: listOf(manifestConfig),
    workload: struct({ manifests: listOf(manifest) }),
  }),
  status: anything,
});

const clusterCondition = struct({
  app: text,
  cluster: text,
  conditions: listOf(struct({ message: text, type: text })),
  healthStatus: text,
  operationStatePhase: text,
  operationStateStartedAt: text,
  syncRevision: text,
  syncStatus: text,
});

/** `statuses` is no subresource. */
export const setReportSchema = struct(
  {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    statuses: struct({
      clusterConditions: listOf(clusterCondition),
      resources: listOf(struct({ apiVersion: text, kind: text, name: text, namespace: text })),
      summary: struct({
        clusters: text,
        healthy: text,
        inProgress: text,
        notHealthy: text,
        notSynced: text,
        synced: text,
      }),
    }),
  },
  ['metadata'],
);
