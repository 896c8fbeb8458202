import type { GoField, GoType } from './go-structs.ts';

const string: GoType = { kind: 'string', name: 'string' };
const bool: GoType = { kind: 'bool', name: 'bool' };

/** A type of its own that is a text. */
function text(name: string): GoType {
  return { kind: 'string', name: `v1.${name}` };
}

function struct(name: string, fields: Readonly<Record<string, GoField>>): GoType {
  return { kind: 'struct', name, fields };
}

function always(type: GoType): GoField {
  return { type };
}

function unlessEmpty(type: GoType): GoField {
  return { type, omitEmpty: true };
}

function pointer(type: GoType): GoField {
  return { type, pointer: true, omitEmpty: true };
}

function list(of: GoType): GoField {
  return { type: { kind: 'list', of }, omitEmpty: true };
}

const address = {
  group: always(string),
  resource: always(string),
  name: always(string),
  namespace: always(string),
} as const;

const ignoreField = struct('IgnoreField', {
  condition: always(text('IgnoreFieldsCondition')),
  jsonPaths: list(string),
  jsonPointers: list(string),
  jqPathExpressions: list(string),
});

const updateStrategy = struct('UpdateStrategy', {
  type: unlessEmpty(text('UpdateStrategyType')),
  serverSideApply: pointer(
    struct('ServerSideApplyConfig', {
      force: always(bool),
      fieldManager: unlessEmpty(string),
      ignoreFields: list(ignoreField),
    }),
  ),
});

const feedbackRule = struct('FeedbackRule', {
  type: always(text('FeedBackType')),
  jsonPaths: list(struct('JsonPath', { name: always(string), version: unlessEmpty(string), path: always(string) })),
});

const conditionRule = struct('ConditionRule', {
  condition: always(string),
  type: always(text('ConditionRuleType')),
  celExpressions: always({ kind: 'list', of: string }),
  message: always(string),
  messageExpression: always(string),
});

/**
 * The Go types that Maestro reads the options of a bundle into, of the work API
 * at its commit. It drops what they do not have and writes some fields that
 * nobody has set; a test compares them with the source.
 */
export const workTypes = {
  manifestConfig: struct('ManifestConfigOption', {
    resourceIdentifier: always(struct('ResourceIdentifier', address)),
    feedbackRules: list(feedbackRule),
    updateStrategy: pointer(updateStrategy),
    conditionRules: list(conditionRule),
    feedbackScrapeType: unlessEmpty(text('FeedbackScrapeType')),
  }),
  deleteOption: struct('DeleteOption', {
    propagationPolicy: always(text('DeletePropagationPolicyType')),
    selectivelyOrphans: pointer(
      struct('SelectivelyOrphan', { orphaningRules: list(struct('OrphaningRule', address)) }),
    ),
    ttlSecondsAfterFinished: pointer({ kind: 'int64', name: 'int64' }),
  }),
  executor: struct('ManifestWorkExecutor', {
    subject: always(
      struct('ManifestWorkExecutorSubject', {
        type: always(text('ManifestWorkExecutorSubjectType')),
        serviceAccount: pointer(
          struct('ManifestWorkSubjectServiceAccount', { namespace: always(string), name: always(string) }),
        ),
      }),
    ),
  }),
} as const;
