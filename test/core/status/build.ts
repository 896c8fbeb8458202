import type { JsonObject } from '../../../src/core/json.ts';
import type { WorkView } from '../../../src/core/status/fold.ts';
import type {
  Condition,
  ConditionStatus,
  FeedbackValue,
  ResourceStatus,
  WorkStatus,
} from '../../../src/core/status/work-status.ts';
import { manifestKey } from '../../../src/core/works/manifest-work.ts';

export const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'np' } };
export const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'np' },
};
export const jobNamed = (name: string): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'np' },
});

/** `Applied/True/2` as the recordings' table writes conditions; without a third part there is no generation. */
export function condition(text: string): Condition {
  const [type = '', status = '', generation] = text.split('/');
  return {
    type,
    status: status as ConditionStatus,
    reason: `${type}Is${status}`,
    message: `${type} is ${status}`,
    lastTransitionTime: '2026-11-22T10:59:15Z',
    ...(generation === undefined ? {} : { observedGeneration: Number(generation) }),
  };
}

export const conditions = (...texts: readonly string[]): readonly Condition[] => texts.map((text) => condition(text));

export function entry(
  manifest: JsonObject,
  texts: readonly string[],
  feedback: Readonly<Record<string, FeedbackValue['value']>> = {},
): ResourceStatus {
  return {
    resourceMeta: { ordinal: 0, resource: '', ...manifestKey(manifest) },
    conditions: conditions(...texts),
    feedback: Object.entries(feedback).map(([name, value]) => ({ name, value })),
  };
}

export function status(
  observedVersion: number,
  work: readonly string[],
  resourceStatus: readonly ResourceStatus[],
): WorkStatus {
  return { observedVersion, sequenceId: '2124457714393288704', conditions: conditions(...work), resourceStatus };
}

/** A work whose every manifest is applied and available at the version, unless overridden. */
export function available(
  version: number,
  manifests: readonly JsonObject[],
  overrides: Partial<WorkView> = {},
): WorkView {
  return {
    version,
    manifests,
    status: status(
      version,
      [`Applied/True/${version}`, `Available/True/${version}`],
      manifests.map((manifest) => entry(manifest, [`Applied/True/${version}`, 'Available/True'])),
    ),
    ...overrides,
  };
}
