import type { JsonObject } from '../json.ts';
import { manifestKey } from '../works/manifest-work.ts';
import type { Condition, ConditionStatus, ResourceStatus, WorkStatus } from './work-status.ts';

const severity: Readonly<Record<ConditionStatus, number>> = { False: 0, Unknown: 1, True: 2 };

/**
 * The condition of a type. Kubernetes keeps one of each type; should a list
 * hold several, the most pessimistic one counts (False before Unknown before
 * True, then the lowest observedGeneration), because no order of the list is
 * promised and a claim of success must survive all of them.
 */
export function findCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  let worst: Condition | undefined;
  for (const condition of conditions) {
    if (condition.type === type && (worst === undefined || isWorse(condition, worst))) worst = condition;
  }
  return worst;
}

function isWorse(condition: Condition, than: Condition): boolean {
  const difference = severity[condition.status] - severity[than.status];
  return difference < 0 || (difference === 0 && (condition.observedGeneration ?? 0) < (than.observedGeneration ?? 0));
}

/** A condition that is about the version: its observedGeneration says so. Agents take the generation from the version. */
export function isAt(condition: Condition | undefined, version: number): condition is Condition {
  return condition?.observedGeneration !== undefined && condition.observedGeneration >= version;
}

export function isTrueAt(condition: Condition | undefined, version: number): boolean {
  return isAt(condition, version) && condition.status === 'True';
}

/**
 * The entries of `resourceStatus` that are about a manifest: same group, kind,
 * namespace and name, and same API version when the entry gives one. Not by
 * ordinal, since right after an update the agent still reports the manifests
 * of the version before (recordings/outcomes.json, third event).
 */
export function entriesOf(manifest: JsonObject, status: WorkStatus): readonly ResourceStatus[] {
  const key = manifestKey(manifest);
  return status.resourceStatus.filter(
    ({ resourceMeta: meta }) =>
      meta.kind === key.kind &&
      meta.name === key.name &&
      meta.namespace === key.namespace &&
      meta.group === key.group &&
      (meta.version === '' || meta.version === key.version),
  );
}
