import type { JsonObject } from '../json.ts';
import { manifestKey, manifestLabel } from '../works/manifest-work.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import { entriesOf, findCondition, isAt, isTrueAt } from './find-evidence.ts';
import { lastReportMs } from './last-report.ts';
import { whyUnproved, type SummedType } from './resource-state.ts';
import { conditionType, type Condition, type ConditionStatus, type WorkStatus } from './work-status.ts';

/** What the fold needs of a bundle; a bundle read over REST or one completed from stream events. */
export type WorkView = Pick<ResourceBundle, 'version' | 'deletedAt' | 'manifests' | 'status'> &
  Partial<Pick<ResourceBundle, 'updatedAt'>>;

/** One thing that stands between a work and the next better state. */
export interface Blocker {
  /** `work`, or the label of a manifest such as `Deployment.apps/np/web`. */
  readonly subject: string;
  readonly condition: string;
  /** Absent when the agent has not reported the condition (or the manifest) at all. */
  readonly status?: ConditionStatus;
  /** True when the condition was reported, but its observedGeneration is not that of the version. */
  readonly outdated: boolean;
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, the condition's lastTransitionTime. */
  readonly since?: string;
}

/** What every state carries: which version was judged, and by which report. */
export interface Judged {
  /** The version that was judged. */
  readonly version: number;
  /** The version that Maestro has stored. */
  readonly storedVersion: number;
  /** The version of the agent's last report, 0 without any. */
  readonly observedVersion: number;
  /** When the agent reported last, milliseconds since the epoch on its clock. */
  readonly reportedAtMs?: number;
  /** Everything that was reported is about an earlier version. */
  readonly stale: boolean;
  /** A later version is stored or was reported, so nothing can be proved about this one any more. */
  readonly superseded: boolean;
  /** Only what blocks; empty when the state needs no reason or `stale` and `superseded` are reason enough. */
  readonly blockers: readonly Blocker[];
}

/**
 * Where a work is, at one version:
 * - `unknown`: no agent has ever reported the work. `writtenAt` is when it was last written (RFC 3339), if known.
 * - `progressing`: reported, but nothing is decided about the version yet.
 * - `applied`: every manifest is on the cluster at the version; blockers say why it is not available.
 * - `available`: applied, and every object exists. It is no statement about health.
 * - `failed`: the agent could not apply the version. It may still recover. `since` is when Applied
 *   turned False, which can be before the version was written: a grace period runs on the caller's clock.
 * - `deleting`: a delete was accepted (`requested`, then `since` is when) or the agent is at it (`agentDeleting`).
 * - `deleted`: the agent reported that the objects are gone from the cluster.
 */
export type WorkState =
  | (Judged & { readonly kind: 'progressing' | 'applied' | 'available' | 'deleted' })
  | (Judged & { readonly kind: 'unknown'; readonly writtenAt?: string })
  | (Judged & { readonly kind: 'failed'; readonly since?: string })
  | (Judged & {
      readonly kind: 'deleting';
      readonly requested: boolean;
      readonly agentDeleting: boolean;
      readonly since?: string;
    });

/** The word for it. */
export type WorkStateKind = 'unknown' | 'progressing' | 'applied' | 'available' | 'failed' | 'deleting' | 'deleted';

/**
 * Folds what is known of a work into its state at `version`. Pure and total.
 *
 * The rules are those seen on a real agent: a report alone proves nothing, only conditions with an
 * observedGeneration of at least the version do, for the work and for every
 * manifest of the bundle. When a later version is stored or was reported, the
 * manifests of `version` are no longer known and generations belong to
 * somebody's later write: the state is `progressing` with `superseded`, and the
 * caller decides whether to go on at the later version.
 */
export function foldStatus(subject: WorkView, version: number): WorkState {
  const { status } = subject;
  const reportedAtMs = status === undefined ? undefined : lastReportMs(status);
  const judged: Judged = {
    version,
    storedVersion: subject.version,
    observedVersion: status?.observedVersion ?? 0,
    ...(reportedAtMs === undefined ? {} : { reportedAtMs }),
    stale: false,
    superseded: false,
    blockers: [],
  };
  if (status !== undefined && findCondition(status.conditions, conditionType.deleted, version)?.status === 'True') {
    return { ...judged, kind: 'deleted' };
  }
  const deleting = foldDeleting(subject, judged);
  if (deleting !== undefined) return deleting;

  const superseded = subject.version > version || judged.observedVersion > version;
  if (status === undefined || isEmpty(status)) {
    const { updatedAt = '' } = subject;
    return { ...judged, kind: 'unknown', superseded, ...(updatedAt === '' ? {} : { writtenAt: updatedAt }) };
  }
  const stale = judged.observedVersion < version || subject.version < version;
  if (superseded || stale) return { ...judged, kind: 'progressing', superseded, stale };
  return foldReport(subject.manifests, status, judged);
}

function foldDeleting(subject: WorkView, judged: Judged): WorkState | undefined {
  const condition = findCondition(subject.status?.conditions ?? [], conditionType.deleting, judged.version);
  const agentDeleting = condition?.status === 'True';
  const requested = subject.deletedAt !== undefined;
  if (!requested && !agentDeleting) return undefined;
  const since = subject.deletedAt ?? condition?.lastTransitionTime;
  return {
    ...judged,
    kind: 'deleting',
    requested,
    agentDeleting,
    ...(since === undefined ? {} : { since }),
    blockers: agentDeleting ? [blockerOf('work', 'Deleting', condition, false)] : [],
  };
}

/** A status for the version itself. */
function foldReport(manifests: readonly JsonObject[], status: WorkStatus, judged: Judged): WorkState {
  const { version } = judged;
  const workApplied = findCondition(status.conditions, conditionType.applied, version);
  if (isAt(workApplied, version) && workApplied.status === 'False') {
    const failed = manifestBlockers(manifests, status, conditionType.applied, version).filter(
      (blocker) => blocker.status === 'False' && !blocker.outdated,
    );
    return {
      ...judged,
      kind: 'failed',
      ...(workApplied.lastTransitionTime === undefined ? {} : { since: workApplied.lastTransitionTime }),
      blockers: failed.length > 0 ? failed : [blockerOf('work', conditionType.applied, workApplied, false)],
    };
  }
  const notApplied = blockersOf(manifests, status, conditionType.applied, version);
  if (notApplied.length > 0) return { ...judged, kind: 'progressing', blockers: notApplied };
  const notAvailable = blockersOf(manifests, status, conditionType.available, version);
  return { ...judged, kind: notAvailable.length > 0 ? 'applied' : 'available', blockers: notAvailable };
}

/** The manifests that block, or the work itself when only its own condition does: it merely sums the manifests up. */
function blockersOf(
  manifests: readonly JsonObject[],
  status: WorkStatus,
  condition: SummedType,
  version: number,
): readonly Blocker[] {
  const ofManifests = manifestBlockers(manifests, status, condition, version);
  if (ofManifests.length > 0) return ofManifests;
  const ofWork = findCondition(status.conditions, condition, version);
  return isTrueAt(ofWork, version) ? [] : [blockerOf('work', condition, ofWork, !isAt(ofWork, version))];
}

function manifestBlockers(
  manifests: readonly JsonObject[],
  status: WorkStatus,
  type: SummedType,
  version: number,
): readonly Blocker[] {
  return manifests.flatMap((manifest) => {
    const unproved = whyUnproved(entriesOf(manifest, status), type, version);
    if (unproved === undefined) return [];
    return [blockerOf(manifestLabel(manifestKey(manifest)), type, unproved.condition, unproved.outdated)];
  });
}

function blockerOf(subject: string, type: string, condition: Condition | undefined, outdated: boolean): Blocker {
  if (condition === undefined) return { subject, condition: type, outdated: false, reason: '', message: '' };
  return {
    subject,
    condition: type,
    status: condition.status,
    outdated,
    reason: condition.reason,
    message: condition.message,
    ...(condition.lastTransitionTime === undefined ? {} : { since: condition.lastTransitionTime }),
  };
}

/** A status object in which no agent has left a trace. */
function isEmpty(status: WorkStatus): boolean {
  return (
    status.observedVersion === 0 &&
    status.sequenceId === '' &&
    status.conditions.length === 0 &&
    status.resourceStatus.length === 0
  );
}
