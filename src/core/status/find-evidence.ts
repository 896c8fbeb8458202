import type { JsonObject } from '../json.ts';
import { manifestKey } from '../works/manifest-work.ts';
import type { Condition, ConditionStatus, ResourceStatus, WorkStatus } from './work-status.ts';

const severity: Readonly<Record<ConditionStatus, number>> = { False: 0, Unknown: 1, True: 2 };

/**
 * The condition of a type, for judging a version. Kubernetes keeps one of each
 * type; should a list hold several, the one that proves least counts (False
 * before Unknown before True, then an earlier generation before none before
 * one of the version), because no order of the list is promised and a claim of
 * success must survive all of them.
 */
export function findCondition(conditions: readonly Condition[], type: string, version: number): Condition | undefined {
  let weakest: Condition | undefined;
  for (const condition of conditions) {
    if (condition.type !== type) continue;
    if (weakest === undefined || strength(condition, version) < strength(weakest, version)) weakest = condition;
  }
  return weakest;
}

function strength({ status, observedGeneration }: Condition, version: number): number {
  const dating = observedGeneration === undefined ? 1 : observedGeneration < version ? 0 : 2;
  return 3 * severity[status] + dating;
}

/**
 * A condition that is about the version: its observedGeneration says so. Agents take the generation from the version.
 */
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
