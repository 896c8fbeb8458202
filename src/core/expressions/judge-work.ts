import { describeBlocker } from '../status/describe-state.ts';
import { findCondition, isAt } from '../status/find-evidence.ts';
import { foldStatus } from '../status/fold.ts';
import type { WorkState } from '../status/fold.ts';
import { conditionType, type Condition, type ConditionStatus } from '../status/work-status.ts';
import { truthOf } from './evidence.ts';
import type { Evidence, Judgement, Truth } from './evidence.ts';
import type { WorkConditionAtom } from './syntax-tree.ts';

/** Judges a condition of the work at the version of the evidence. */
export function judgeWorkCondition(atom: WorkConditionAtom, evidence: Evidence): Judgement {
  if (atom.type === conditionType.deleted) return judgeDeleted(atom.status, evidence);
  if (evidence.gone) return { truth: 'unknown', seen: ['Maestro no longer has the work'] };
  const state = foldStatus(evidence.bundle, evidence.atVersion);
  const nothing = whyNothingCounts(state);
  if (nothing !== undefined && !(state.kind === 'deleting' && atom.type === conditionType.deleting)) {
    return { truth: 'unknown', seen: [nothing] };
  }
  const condition = familiarCondition(evidence.bundle.status?.conditions ?? [], atom.type, evidence.atVersion);
  const status = statusAtVersion(atom.type, condition, state, evidence);
  const truth = matches(status, atom.status);
  return { truth, seen: seenOfWork(atom.type, condition, status, state) };
}

/**
 * The one condition that is not bound to a version. It is never stored by
 * Maestro, so over REST only the 404 tells it
 * (recordings/lifecycle.json, step get-after-agent-deleted).
 */
function judgeDeleted(wanted: ConditionStatus, { bundle, gone, atVersion }: Evidence): Judgement {
  if (gone) return { truth: truthOf(wanted === 'True'), seen: ['Maestro no longer has the work'] };
  const condition = findCondition(bundle.status?.conditions ?? [], conditionType.deleted, atVersion);
  if (condition !== undefined) return { truth: matches(condition.status, wanted), seen: [textOf('work', condition)] };
  const seen =
    bundle.deletedAt === undefined ? 'no deletion was requested' : `deletion requested at ${bundle.deletedAt}`;
  return { truth: 'unknown', seen: [seen] };
}

/** Why no condition and no feedback says anything about the version; undefined when they may. */
export function whyNothingCounts(state: WorkState): string | undefined {
  if (state.kind === 'unknown') return 'the agent has not reported this work yet';
  if (state.kind === 'deleted') return 'the work was deleted from the cluster';
  if (state.kind === 'deleting') return 'the work is being deleted';
  const { version, storedVersion, observedVersion } = state;
  if (state.superseded) return `version ${Math.max(storedVersion, observedVersion)} has replaced version ${version}`;
  if (!state.stale) return undefined;
  const seen =
    observedVersion < version
      ? `the agent last reported version ${observedVersion}`
      : `Maestro still shows version ${storedVersion}`;
  return `${seen}, version ${version} is awaited`;
}

/** What a reported status means for the wanted one. A reported Unknown decides nothing but `X=Unknown`. */
export function matches(status: ConditionStatus | undefined, wanted: ConditionStatus): Truth {
  if (status === undefined) return 'unknown';
  if (status === 'Unknown' && wanted !== 'Unknown') return 'unknown';
  return truthOf(status === wanted);
}

/** `Job.batch/np/init Complete=False (BackoffLimitExceeded): …`. */
export function textOf(subject: string, condition: Condition): string {
  return describeBlocker({ ...condition, subject, condition: condition.type, outdated: false });
}

/** The condition of a type, spelt exactly first, then in any case. */
export function familiarCondition(
  conditions: readonly Condition[],
  type: string,
  version: number,
): Condition | undefined {
  const lower = type.toLowerCase();
  const spelling = conditions.find((condition) => condition.type.toLowerCase() === lower)?.type;
  return findCondition(conditions, type, version) ?? findCondition(conditions, spelling ?? type, version);
}

/** The status that counts at the version, undefined when none does. */
function statusAtVersion(
  type: string,
  condition: Condition | undefined,
  state: WorkState,
  evidence: Evidence,
): ConditionStatus | undefined {
  const isApplied = state.kind === 'applied' || state.kind === 'available';
  if (type === conditionType.applied && isApplied) return 'True';
  if (type === conditionType.available && state.kind === 'available') return 'True';
  if (condition === undefined) return undefined;
  const dated = isAt(condition, evidence.atVersion);
  // True of these two is the fold's to say.
  if (type === conditionType.applied) return dated && condition.status !== 'True' ? condition.status : undefined;
  if (type === 'Deleting') return condition.status;
  if (condition.observedGeneration === undefined) return isApplied ? condition.status : undefined;
  // Until Applied is about the version, an agent judges the manifests of the version before, and yet
  // writes the new generation (recordings/outcomes.json, third event: Applied/False/1, Available/False/2).
  const applied = findCondition(evidence.bundle.status?.conditions ?? [], conditionType.applied, evidence.atVersion);
  if (!dated || !isAt(applied, evidence.atVersion)) return undefined;
  return type === conditionType.available && condition.status === 'True' ? undefined : condition.status;
}

/** For Applied and Available the manifests that block tell more than the condition of the work, which sums them up. */
function seenOfWork(
  type: string,
  condition: Condition | undefined,
  status: ConditionStatus | undefined,
  state: WorkState,
): readonly string[] {
  const isSum = type === conditionType.applied || type === conditionType.available;
  if (isSum && status !== 'True') return state.blockers.map((blocker) => describeBlocker(blocker));
  if (condition === undefined) return [`the work has no ${type} condition`];
  return [
    describeBlocker({ ...condition, subject: 'work', condition: condition.type, outdated: status === undefined }),
  ];
}
