import type { JsonObject } from '../json.ts';
import { entriesOf, findCondition, isAt } from './find-evidence.ts';
import { conditionType, type Condition, type ResourceStatus, type WorkStatus } from './work-status.ts';

/** The conditions of manifests that those of the work sum up. */
export type SummedType = typeof conditionType.applied | typeof conditionType.available;

/** What is proved of one object at the version of an outcome; without any proof it is `Pending`. */
export type ResourceState = 'Available' | 'Applied' | 'Failed' | 'Pending';

/** Why a condition of a manifest is not proved to be True at a version. */
export interface Unproved {
  /** Absent when the agent has not reported the condition (or the manifest) at all. */
  readonly condition?: Condition;
  /** It was reported, and is not about the version. */
  readonly outdated: boolean;
}

/** How far a manifest has come at a version, and what the agent says of the version where that is not far enough. */
export interface ResourceJudgement {
  readonly state: ResourceState;
  readonly condition?: Condition;
}

/**
 * What is proved of a manifest at a version. Whoever tells the state of an object takes it from here or from
 * `whyUnproved`, as the fold of the whole work does, so that no two places tell different ones.
 */
export function resourceStateAt(
  manifest: JsonObject,
  status: WorkStatus | undefined,
  version: number,
): ResourceJudgement {
  const entries = status === undefined ? [] : entriesOf(manifest, status);
  const notApplied = whyUnproved(entries, conditionType.applied, version);
  if (notApplied !== undefined)
    return { state: isDenied(notApplied) ? 'Failed' : 'Pending', ...conditionOf(notApplied) };
  const notAvailable = whyUnproved(entries, conditionType.available, version);
  return notAvailable === undefined ? { state: 'Available' } : { state: 'Applied', ...conditionOf(notAvailable) };
}

/**
 * What keeps a condition of a manifest from being proved; undefined when nothing does. Every entry has to prove it. Of
 * several that do not, one that says False counts first, for no order of entries is promised.
 *
 * @param entries those that are about the manifest
 */
export function whyUnproved(
  entries: readonly ResourceStatus[],
  type: SummedType,
  version: number,
): Unproved | undefined {
  if (entries.length === 0) return { outdated: false };
  const found = entries.flatMap(({ conditions }) => unprovedOf(findCondition(conditions, type, version), version));
  return found.find((one) => isDenied(one)) ?? found[0];
}

/** The agent says of the version itself that it is not so. */
export function isDenied({ condition, outdated }: Unproved): boolean {
  return condition?.status === 'False' && !outdated;
}

function unprovedOf(condition: Condition | undefined, version: number): readonly Unproved[] {
  if (condition === undefined) return [{ outdated: false }];
  // Manifest-level Available carries no observedGeneration; should an agent send one, it must fit.
  const dated = condition.type === conditionType.applied || condition.observedGeneration !== undefined;
  const outdated = dated && !isAt(condition, version);
  return outdated || condition.status !== 'True' ? [{ condition, outdated }] : [];
}

function conditionOf({ condition, outdated }: Unproved): Pick<ResourceJudgement, 'condition'> {
  return condition === undefined || outdated ? {} : { condition };
}
