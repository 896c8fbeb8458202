/**
 * A shape of the envelope. A `version` is the one that a document was read at. `dropped` fields are set by the server
 * and may stand in what get printed; `ignored` ones mean something to Kubernetes that Maestro does not carry, so they
 * are warned about.
 */
export type Shape =
  /**
   * An empty text in the place of one of a few counts as absent. `writtenEmpty`: Maestro prints the field also when it
   * is not set.
   */
  | { readonly type: 'string'; readonly oneOf?: readonly string[]; readonly writtenEmpty?: true }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer' }
  | { readonly type: 'string map' }
  | { readonly type: 'manifest' }
  /** Any fields; `optionShapes` says which. */
  | { readonly type: 'map' }
  | { readonly type: 'version' }
  | { readonly type: 'dropped' }
  | { readonly type: 'ignored' }
  | { readonly type: 'refused'; readonly because: string }
  | { readonly type: 'list'; readonly of: Shape }
  | {
      readonly type: 'object';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly required?: readonly string[];
    };

const string: Shape = { type: 'string' };
const strings: Shape = { type: 'list', of: string };
const dropped: Shape = { type: 'dropped' };
const ignored: Shape = { type: 'ignored' };

const metadata: Shape = {
  type: 'object',
  fields: {
    name: string,
    namespace: string,
    labels: { type: 'string map' },
    annotations: { type: 'string map' },
    uid: dropped,
    resourceVersion: { type: 'version' },
    generation: dropped,
    creationTimestamp: dropped,
    deletionTimestamp: dropped,
    deletionGracePeriodSeconds: dropped,
    managedFields: dropped,
    selfLink: dropped,
    finalizers: ignored,
    ownerReferences: ignored,
    generateName: { type: 'refused', because: 'a work is known by its name, so it must be given in full' },
  },
};

const resource: Shape = {
  type: 'object',
  fields: { group: string, resource: string, namespace: string, name: string },
  required: ['resource', 'name'],
};

const feedbackRule: Shape = {
  type: 'object',
  fields: {
    type: { type: 'string', oneOf: ['WellKnownStatus', 'JSONPaths'], writtenEmpty: true },
    jsonPaths: {
      type: 'list',
      of: { type: 'object', fields: { name: string, version: string, path: string }, required: ['name', 'path'] },
    },
  },
  required: ['type'],
};

const updateStrategy: Shape = {
  type: 'object',
  fields: {
    type: { type: 'string', oneOf: ['Update', 'CreateOnly', 'ServerSideApply', 'ReadOnly'] },
    serverSideApply: {
      type: 'object',
      fields: {
        force: { type: 'boolean' },
        fieldManager: string,
        ignoreFields: {
          type: 'list',
          of: {
            type: 'object',
            fields: {
              condition: { type: 'string', oneOf: ['OnSpokePresent', 'OnSpokeChange'], writtenEmpty: true },
              jsonPaths: strings,
              jsonPointers: strings,
              jqPathExpressions: strings,
            },
            required: ['condition'],
          },
        },
      },
    },
  },
  // The CRD has a default, but nothing applies it on the way through Maestro, and agents panic without a type.
  required: ['type'],
};

const conditionRule: Shape = {
  type: 'object',
  fields: {
    condition: string,
    type: { type: 'string', oneOf: ['CEL', 'WellKnownConditions'], writtenEmpty: true },
    celExpressions: strings,
    message: string,
    messageExpression: string,
  },
  required: ['type'],
};

const manifestConfig: Shape = {
  type: 'object',
  fields: {
    resourceIdentifier: resource,
    feedbackRules: { type: 'list', of: feedbackRule },
    feedbackScrapeType: { type: 'string', oneOf: ['Poll', 'Watch'] },
    updateStrategy,
    conditionRules: { type: 'list', of: conditionRule },
  },
  required: ['resourceIdentifier'],
};

const deleteOption: Shape = {
  type: 'object',
  fields: {
    propagationPolicy: { type: 'string', oneOf: ['Foreground', 'Orphan', 'SelectivelyOrphan'], writtenEmpty: true },
    selectivelyOrphans: { type: 'object', fields: { orphaningRules: { type: 'list', of: resource } } },
    ttlSecondsAfterFinished: { type: 'integer' },
  },
};

const executor: Shape = {
  type: 'object',
  fields: {
    subject: {
      type: 'object',
      fields: {
        type: { type: 'string', oneOf: ['ServiceAccount'], writtenEmpty: true },
        serviceAccount: {
          type: 'object',
          fields: { namespace: string, name: string },
          required: ['namespace', 'name'],
        },
      },
      required: ['type'],
    },
  },
  required: ['subject'],
};

/**
 * What a ManifestWork says beside its manifests, at the API that Maestro is
 * built with; a test compares it with the CustomResourceDefinition.
 */
export const optionShapes = {
  manifestConfigs: { type: 'list', of: manifestConfig },
  deleteOption,
  executor,
} as const satisfies Readonly<Record<string, Shape>>;

const map: Shape = { type: 'map' };

/** ManifestWork of work.open-cluster-management.io/v1, apart from `status` and from what optionShapes tells of. */
export const manifestWorkShape: Shape = {
  type: 'object',
  fields: {
    apiVersion: string,
    kind: string,
    metadata,
    spec: {
      type: 'object',
      fields: {
        workload: { type: 'object', fields: { manifests: { type: 'list', of: { type: 'manifest' } } } },
        manifestConfigs: { type: 'list', of: map },
        deleteOption: map,
        executor: map,
      },
      required: ['workload'],
    },
    status: dropped,
  },
  required: ['metadata', 'spec'],
};
