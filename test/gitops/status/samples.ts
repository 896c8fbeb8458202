import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceStatus, WorkStatus } from '../../../src/core/status/work-status.ts';
import type { AppReport } from '../../../src/gitops/status/report.ts';

export const spoke = { namespace: 'openshift-gitops', name: 'app' };

/** A status of an application that has been synced, of the shape that Argo CD reports. */
export function argoStatus(over: JsonObject = {}): JsonObject {
  return {
    sync: {
      status: 'Synced',
      revision: 'rev1',
      comparedTo: {
        source: { repoURL: 'https://example.com/git', path: 'a' },
        destination: { server: 'https://kubernetes.default.svc' },
      },
    },
    health: { status: 'Healthy', lastTransitionTime: '2026-01-01T00:00:20Z' },
    operationState: {
      phase: 'Succeeded',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:10Z',
      message: 'successfully synced',
      operation: { sync: { revision: 'rev1' }, initiatedBy: { automated: true } },
      syncResult: {
        revision: 'rev1',
        resources: [
          { kind: 'ConfigMap', name: 'a' },
          { kind: 'ConfigMap', name: 'b' },
        ],
      },
    },
    conditions: [{ type: 'OrphanedResourceWarning', message: 'has 1', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    resources: [
      { kind: 'ConfigMap', name: 'a', status: 'Synced' },
      { kind: 'ConfigMap', name: 'b', status: 'Synced' },
    ],
    history: [
      { id: 0, revision: 'rev0' },
      { id: 1, revision: 'rev1' },
    ],
    summary: { images: ['example.com/a:1'] },
    reconciledAt: '2026-01-01T00:01:00Z',
    sourceType: 'Kustomize',
    ...over,
  };
}

/** The status with one member deep within set, or removed when the value is undefined. */
export function changed(status: JsonObject, path: string, value: JsonObject[string]): JsonObject {
  const [first = '', ...rest] = path.split('.');
  const inner = rest.length === 0 ? value : changed((status[first] ?? {}) as JsonObject, rest.join('.'), value);
  return { ...status, [first]: inner };
}

export function report(over: Partial<AppReport> = {}): AppReport {
  return {
    observedVersion: 3,
    sequenceId: '1',
    applied: {
      status: 'True',
      generation: 3,
      reason: 'AppliedManifestComplete',
      message: '',
      since: '2026-01-01T00:00:00Z',
    },
    feedbackSynced: 'True',
    feedbackMessage: '',
    status: argoStatus(),
    mismatch: 0,
    strangers: '',
    othersFailed: '',
    ...over,
  };
}

export function entry(
  over: Partial<ResourceStatus['resourceMeta']> = {},
  rest: Partial<ResourceStatus> = {},
): ResourceStatus {
  return {
    resourceMeta: {
      ordinal: 0,
      group: 'argoproj.io',
      version: 'v1alpha1',
      kind: 'Application',
      resource: 'applications',
      ...spoke,
      ...over,
    },
    conditions: [
      {
        type: 'Applied',
        status: 'True',
        reason: 'AppliedManifestComplete',
        message: 'Apply manifest complete',
        observedGeneration: 3,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
      { type: 'StatusFeedbackSynced', status: 'True', reason: 'StatusFeedbackSynced', message: '' },
    ],
    feedback: [{ name: 'status', value: { sync: { status: 'Synced' } } }],
    ...rest,
  };
}

export function workStatus(...resourceStatus: readonly ResourceStatus[]): WorkStatus {
  return {
    observedVersion: 3,
    sequenceId: '1',
    conditions: [
      {
        type: 'Applied',
        status: 'False',
        reason: 'AppliedManifestWorkFailed',
        message: 'Failed to apply manifest work',
        observedGeneration: 3,
      },
    ],
    resourceStatus,
  };
}
