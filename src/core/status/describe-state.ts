import { oneLine } from '../shown-text.ts';
import { formatAge } from '../duration.ts';
import type { Blocker, WorkState } from './fold.ts';

/** More than this many blockers hide the one that matters. */
const shownBlockers = 5;

/**
 * One sentence, without a full stop, that says where a work is and what
 * blocks it. `wallMs` is wall time; ages are those of the agent's last report.
 * Without it none are told, as where the sentence is kept.
 */
export function describeState(state: WorkState, wallMs?: number): string {
  switch (state.kind) {
    case 'unknown':
      return `the agent has not reported this work yet${written(state.writtenAt, wallMs)}`;
    case 'progressing':
      return describeProgress(state, wallMs);
    case 'applied':
      return `applied at version ${state.version}, not ready: ${describeBlockers(state.blockers, wallMs)}`;
    case 'available':
      return `available at version ${state.version}`;
    case 'failed':
      return `version ${state.version} could not be applied: ${describeBlockers(state.blockers, wallMs)}`;
    case 'deleting':
      return describeDeleting(state, wallMs);
    case 'deleted':
      return 'the agent reported that the work is deleted from the cluster';
  }
}

/** The same beside the word for the state, which it does not say again; empty when the word is all there is to say. */
export function describeWhy(state: WorkState, wallMs?: number): string {
  switch (state.kind) {
    case 'available':
    case 'deleted':
      return '';
    case 'applied':
      return `not ready: ${describeBlockers(state.blockers, wallMs)}`;
    case 'failed':
      return describeBlockers(state.blockers, wallMs);
    case 'unknown':
    case 'progressing':
    case 'deleting':
      return describeState(state, wallMs);
  }
}

/** The blockers with reason, message and age, joined by semicolons; at most five of them. */
export function describeBlockers(blockers: readonly Blocker[], wallMs?: number): string {
  const shown = blockers.slice(0, shownBlockers).map((blocker) => describeBlocker(blocker, wallMs));
  if (blockers.length > shownBlockers) shown.push(`and ${blockers.length - shownBlockers} more`);
  return shown.join('; ');
}

/** `Deployment.apps/np/web Available=False (ResourceNotAvailable): Resource is not available [3m10s]`. */
export function describeBlocker(blocker: Blocker, wallMs?: number): string {
  const { subject, condition, status, reason } = blocker;
  if (status === undefined) return `${subject} has no ${condition} condition yet`;
  if (blocker.outdated) return `${subject} ${condition}=${status} is not about this version`;
  const message = oneLine(blocker.message);
  const sinceMs = Date.parse(blocker.since ?? '');
  const age = wallMs === undefined || Number.isNaN(sinceMs) ? '' : ` [${formatAge(wallMs - sinceMs)}]`;
  return `${subject} ${condition}=${status}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `: ${message}`}${age}`;
}

function describeProgress(state: WorkState, wallMs: number | undefined): string {
  if (state.superseded) {
    const later = Math.max(state.storedVersion, state.observedVersion);
    return `version ${later} has replaced version ${state.version}, about which nothing can be told any more`;
  }
  if (state.stale) {
    const seen =
      state.observedVersion < state.version
        ? `the agent last reported version ${state.observedVersion}`
        : `Maestro still shows version ${state.storedVersion}`;
    return `${seen}, version ${state.version} is awaited${lastReport(state, wallMs)}`;
  }
  return `not ready: ${describeBlockers(state.blockers, wallMs)}`;
}

function describeDeleting(state: Extract<WorkState, { kind: 'deleting' }>, wallMs: number | undefined): string {
  const sinceMs = Date.parse(state.since ?? '');
  const age = wallMs === undefined || Number.isNaN(sinceMs) ? '' : ` ${formatAge(wallMs - sinceMs)} ago`;
  if (!state.requested) return `the agent began to delete the work${age}`;
  if (state.agentDeleting)
    return `deletion requested${age}, the agent is deleting the resources${lastReport(state, wallMs)}`;
  if (state.observedVersion === 0) return `deletion requested${age}, the agent has not reported this work yet`;
  return `deletion requested${age}, the agent has not said that it has begun${lastReport(state, wallMs)}`;
}

/** How long nobody has answered tells a new work from one that something is wrong with. */
function written(writtenAt: string | undefined, wallMs: number | undefined): string {
  const atMs = Date.parse(writtenAt ?? '');
  return wallMs === undefined || Number.isNaN(atMs) ? '' : ` (written ${formatAge(wallMs - atMs)} ago)`;
}

function lastReport(state: WorkState, wallMs: number | undefined): string {
  return wallMs === undefined || state.reportedAtMs === undefined
    ? ''
    : `, last report ${formatAge(wallMs - state.reportedAtMs)} ago`;
}
