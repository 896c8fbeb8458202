import type { JsonObject } from '../../core/json.ts';
import type { ResourceMeta } from '../../core/status/work-status.ts';
import type { Feedback } from './feedback.ts';

/** A condition on the wire, members in the order of metav1.Condition. */
export interface WireCondition {
  readonly [key: string]: string | number | undefined;
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

type NewCondition = Omit<WireCondition, 'lastTransitionTime'>;

/** What an agent reports of one manifest. */
export interface ManifestStatus {
  readonly resourceMeta: ResourceMeta;
  readonly feedback: readonly JsonObject[];
  readonly conditions: readonly WireCondition[];
}

/** What an agent knows of one work. Every function below makes a new one. */
export interface AgentStatus {
  readonly conditions: readonly WireCondition[];
  readonly manifests: readonly ManifestStatus[];
}

export interface ApplyOutcome {
  readonly meta: ResourceMeta;
  /** Why the cluster refused it. */
  readonly failure?: string;
}

/** What the agent found when it looked for the object of a manifest. */
export type Observation =
  { readonly found: 'unknown-kind' | 'missing' } | { readonly found: 'present'; readonly feedback: Feedback };

/** As meta.SetStatusCondition does: the time moves only with the status, the place in the list never. */
function withCondition(list: readonly WireCondition[], next: NewCondition, now: string): WireCondition[] {
  const known = list.find(({ type }) => type === next.type);
  const time = known !== undefined && known.status === next.status ? known.lastTransitionTime : now;
  const condition = inOrder(next, time);
  return known === undefined ? [...list, condition] : list.map((one) => (one.type === next.type ? condition : one));
}

function without(list: readonly WireCondition[], type: string): WireCondition[] {
  return list.filter((condition) => condition.type !== type);
}

function inOrder({ type, status, observedGeneration, reason, message }: NewCondition, time: string): WireCondition {
  return {
    type: String(type),
    status: status as WireCondition['status'],
    ...(observedGeneration === undefined ? {} : { observedGeneration: Number(observedGeneration) }),
    lastTransitionTime: time,
    reason: String(reason),
    message: String(message),
  };
}

/**
 * The first report after an update, in which only the generation of Available
 * has moved: the loop that watches availability runs before the one that applies.
 */
export function staleStatus(status: AgentStatus, generation: number): AgentStatus {
  return {
    ...status,
    conditions: status.conditions.map((condition) =>
      condition.type === 'Available'
        ? inOrder({ ...condition, observedGeneration: generation }, condition.lastTransitionTime)
        : condition,
    ),
  };
}

/** After applying: kept manifests keep their other conditions, new ones have nothing but Applied yet. */
export function appliedStatus(
  status: AgentStatus | undefined,
  generation: number,
  outcomes: readonly ApplyOutcome[],
  now: string,
): AgentStatus {
  const manifests = outcomes.map(({ meta, failure }): ManifestStatus => {
    const known = status?.manifests.find(({ resourceMeta }) => sameObject(resourceMeta, meta));
    const applied = manifestApplied(generation, failure);
    const earlier = known?.conditions.find(({ type }) => type === 'Applied');
    // At a new generation the condition is a new one, at the end of the list with a new time.
    const rest =
      earlier?.observedGeneration === generation
        ? (known?.conditions ?? [])
        : without(known?.conditions ?? [], 'Applied');
    return { resourceMeta: meta, feedback: known?.feedback ?? [], conditions: withCondition(rest, applied, now) };
  });
  const failed = outcomes.some(({ failure }) => failure !== undefined);
  const applied: NewCondition = {
    type: 'Applied',
    status: failed ? 'False' : 'True',
    observedGeneration: generation,
    reason: failed ? 'AppliedManifestWorkFailed' : 'AppliedManifestWorkComplete',
    message: failed ? 'Failed to apply manifest work' : 'Apply manifest work complete',
  };
  return { conditions: withCondition(status?.conditions ?? [], applied, now), manifests };
}

function manifestApplied(generation: number, failure: string | undefined): NewCondition {
  return failure === undefined
    ? {
        type: 'Applied',
        status: 'True',
        observedGeneration: generation,
        reason: 'AppliedManifestComplete',
        message: 'Apply manifest complete',
      }
    : {
        type: 'Applied',
        status: 'False',
        observedGeneration: generation,
        reason: 'AppliedManifestFailed',
        message: `Failed to apply manifest: ${failure}`,
      };
}

/** After looking at every object; `observe` is asked once for each manifest of the status. */
export function availableStatus(
  status: AgentStatus,
  generation: number,
  observe: (manifest: ManifestStatus) => Observation,
  now: string,
): AgentStatus {
  const manifests = status.manifests.map((manifest) => observed(manifest, observe(manifest), now));
  return { conditions: withCondition(status.conditions, workAvailable(manifests, generation), now), manifests };
}

/** Only the feedback of objects that had been read before: what the watching loop sees between update and Applied. */
export function refreshedFeedback(
  status: AgentStatus,
  observe: (manifest: ManifestStatus) => Observation,
  now: string,
): AgentStatus {
  const manifests = status.manifests.map((manifest) => {
    const seen = observe(manifest);
    const wasRead = manifest.conditions.some(({ type }) => type === 'StatusFeedbackSynced');
    return wasRead && seen.found === 'present' ? withFeedback(manifest, seen.feedback, now) : manifest;
  });
  return { ...status, manifests };
}

function observed(manifest: ManifestStatus, seen: Observation, now: string): ManifestStatus {
  const available = withCondition(manifest.conditions, availableCondition(seen.found), now);
  const next = { ...manifest, conditions: available };
  return seen.found === 'present' ? withFeedback(next, seen.feedback, now) : next;
}

function withFeedback(manifest: ManifestStatus, { values, reason, message }: Feedback, now: string): ManifestStatus {
  const changed = JSON.stringify(values) !== JSON.stringify(manifest.feedback);
  const base = changed ? without(manifest.conditions, 'StatusFeedbackSynced') : manifest.conditions;
  const synced: NewCondition = {
    type: 'StatusFeedbackSynced',
    status: reason === 'StatusFeedbackSyncFailed' ? 'False' : 'True',
    reason,
    message,
  };
  return { ...manifest, feedback: values, conditions: withCondition(base, synced, now) };
}

function availableCondition(found: Observation['found']): NewCondition {
  switch (found) {
    case 'present':
      return { type: 'Available', status: 'True', reason: 'ResourceAvailable', message: 'Resource is available' };
    case 'missing':
      return {
        type: 'Available',
        status: 'False',
        reason: 'ResourceNotAvailable',
        message: 'Resource is not available',
      };
    case 'unknown-kind':
      return {
        type: 'Available',
        status: 'Unknown',
        reason: 'IncompleteResourceMeta',
        message: 'Resource meta is incomplete',
      };
  }
}

function workAvailable(manifests: readonly ManifestStatus[], observedGeneration: number): NewCondition {
  const count = (status: string): number =>
    manifests.filter(({ conditions }) => conditions.some((one) => one.type === 'Available' && one.status === status))
      .length;
  const [missing, unknown, total] = [count('False'), count('Unknown'), manifests.length];
  const type = 'Available';
  if (missing > 0) {
    const message = `${String(missing)} of ${String(total)} resources are not available`;
    return { type, status: 'False', observedGeneration, reason: 'ResourcesNotAvailable', message };
  }
  if (unknown > 0) {
    const message = `${String(unknown)} of ${String(total)} resources have unknown status`;
    return { type, status: 'Unknown', observedGeneration, reason: 'ResourcesStatusUnknown', message };
  }
  return {
    type,
    status: 'True',
    observedGeneration,
    reason: 'ResourcesAvailable',
    message: 'All resources are available',
  };
}

export function deletingStatus(status: AgentStatus, generation: number, now: string): AgentStatus {
  const deleting: NewCondition = {
    type: 'Deleting',
    status: 'True',
    observedGeneration: generation,
    reason: 'WorkDeleting',
    message: 'ManifestWork is being deleted',
  };
  return { ...status, conditions: withCondition(status.conditions, deleting, now) };
}

export function deletedStatus(status: AgentStatus, consumer: string, now: string): AgentStatus {
  const deleted: NewCondition = {
    type: 'Deleted',
    status: 'True',
    reason: 'ManifestsDeleted',
    message: `The manifests are deleted from the cluster ${consumer}`,
  };
  return { ...status, conditions: withCondition(status.conditions, deleted, now) };
}

export function sameObject(a: ResourceMeta, b: ResourceMeta): boolean {
  return a.group === b.group && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

/** The members `conditions` and `resourceStatus` of a status event. */
export function wireStatus(status: AgentStatus): { conditions: JsonObject[]; resourceStatus: JsonObject[] } {
  return {
    conditions: [...status.conditions],
    resourceStatus: status.manifests.map(({ resourceMeta, feedback, conditions }) => ({
      resourceMeta: { ...resourceMeta },
      statusFeedback: feedback.length === 0 ? {} : { values: feedback },
      conditions: [...conditions],
    })),
  };
}

/** The other way round, for an agent that starts where another left off. */
export function readWireStatus(wire: {
  conditions: readonly JsonObject[];
  resourceStatus: readonly JsonObject[];
}): AgentStatus {
  return {
    conditions: wire.conditions as unknown as WireCondition[],
    manifests: wire.resourceStatus.map((entry) => ({
      resourceMeta: entry['resourceMeta'] as unknown as ResourceMeta,
      feedback: ((entry['statusFeedback'] as JsonObject | undefined)?.['values'] ?? []) as unknown as JsonObject[],
      conditions: entry['conditions'] as unknown as WireCondition[],
    })),
  };
}
