import type { TravellingOneShot } from '../bundle/one-shot.ts';
import type { AppFacts, BundleFacts } from './facts.ts';
import type { BundleRecord } from './records.ts';
import { sharingReport, type SharedTexts } from './shared-texts.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { fingerprintOf } from '../status/fingerprint.ts';
import { operationBegun, operationDisplaced, operationFinished, refreshSeen } from '../status/one-shot-finished.ts';
import { reportIsCurrent, type AppReport } from '../status/report.ts';
import { trimStatus, type StatusMode } from '../status/trim-status.ts';

export interface RememberOptions {
  readonly mode: StatusMode;
  /** For times of statuses. */
  readonly times: SharedTexts;
  /** Monotonic. */
  readonly monotonicMs: number;
}

/**
 * Keeps of a report what decisions need, in the record of its bundle.
 *
 * @returns whether it shows, for the first time, that the version is applied which took one-shot fields away
 */
export function rememberReport(
  app: AppFacts,
  facts: BundleFacts,
  report: AppReport,
  options: RememberOptions,
): boolean {
  const bundle: BundleRecord = facts;
  rememberStatus(app, bundle, report, options);
  const applied = bundle.dropped !== undefined && bundle.appliedVersion >= bundle.dropped.version;
  if (applied) bundle.dropped = undefined;
  return applied;
}

function rememberStatus(
  app: AppFacts,
  bundle: BundleRecord,
  report: AppReport,
  { mode, times, monotonicMs }: RememberOptions,
): void {
  const { applied } = report;
  const current = reportIsCurrent(report, bundle.stored.version);
  bundle.observedVersion = report.observedVersion;
  bundle.sequenceId = report.sequenceId;
  if (applied.status === 'True') bundle.appliedVersion = Math.max(bundle.appliedVersion, applied.generation);
  bundle.appliedSince = applied.status === 'True' ? times.of(applied.since ?? '') : '';
  bundle.troubled =
    applied.status === 'False' ||
    report.feedbackSynced === 'False' ||
    report.unreadable !== undefined ||
    report.othersFailed !== '';
  if (current) bundle.pendingSince = '';
  if (report.status === undefined) return;
  const state = objectAt(report.status, 'operationState');
  const startedAt = times.of(textAt(state, 'startedAt'));
  const runs = textAt(state, 'phase') === 'Running';
  if (runs && !(bundle.operationRuns && bundle.startedAt === startedAt)) bundle.runsSinceMs = monotonicMs;
  if (startedAt !== bundle.startedAt) bundle.startedSeenMs = monotonicMs;
  bundle.startedAt = startedAt;
  bundle.operationRuns = runs;
  const reconciledAt = times.of(textAt(report.status, 'reconciledAt'));
  if (bundle.stored.oneShot !== undefined) rememberOneShots(bundle, bundle.stored.oneShot, report, monotonicMs);
  if (reconciledAt !== bundle.reconciledAt) bundle.reconciledSeenMs = monotonicMs;
  bundle.reconciledAt = reconciledAt;
  if (current) bundle.reported = sharingReport(fingerprintOf(trimStatus(report.status, mode)), app.written, times);
}

/** What a report says of the operation and the refresh that travel. */
function rememberOneShots(
  bundle: BundleRecord,
  { opAfter, opOverRunning, refreshAfter, refreshAt = '' }: TravellingOneShot,
  report: AppReport,
  monotonicMs: number,
): void {
  const { version } = bundle.stored;
  if (bundle.operation !== undefined) {
    const travelling = { version, operation: bundle.operation, opAfter, overRunning: opOverRunning === true };
    if (operationBegun(travelling, report)) bundle.operationBegunMs ??= monotonicMs;
    const displaced = operationDisplaced(travelling, report);
    // One that began has ended when another one has: Argo CD runs one at a time.
    bundle.operationFinished ||=
      operationFinished(travelling, report) || (displaced && bundle.operationBegunMs !== undefined);
    bundle.displacedSinceMs =
      displaced && !bundle.operationFinished ? (bundle.displacedSinceMs ?? monotonicMs) : undefined;
  }
  if (refreshAfter === undefined) return;
  // What is doubted is the refresh that the report before this one told of.
  const seen = refreshSeen(
    { version, refreshAfter, refreshAt, doubted: bundle.refreshDoubtMs === undefined ? '' : bundle.reconciledAt },
    report,
  );
  if (seen === 'done') bundle.refreshFinishedMs ??= monotonicMs;
  else if (seen === 'doubtful') bundle.refreshDoubtMs ??= monotonicMs;
}
