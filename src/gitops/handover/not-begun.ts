import type { ExitCode } from '../../exit-code.ts';
import { notBegunText } from '../../operations/fleet/not-begun.ts';
import type { ClusterEnd } from './cluster-run.ts';
import type { ApplicationResult, HandoverEvent } from './events.ts';
import type { PlannedApplication, PlannedCluster } from './plan.ts';

/** The end of a cluster that nothing was done about. */
export function untouched({ name, applications }: PlannedCluster): ClusterEnd {
  return { cluster: name, applications: [], left: applications, done: false, wrote: false };
}

/** Tells the ends of clusters of which something was not begun: that failed, for what stopped the run. */
export function* notBegunEvents(
  ends: readonly ClusterEnd[],
  why: string,
  exitCode: ExitCode,
): Generator<HandoverEvent, void, void> {
  for (const [index, { left, ...begun }] of ends.entries()) {
    const results = left.map((application) => notBegunResult(begun.cluster, application, why, exitCode));
    for (const result of results) yield { kind: 'application', result };
    const result = { ...begun, applications: [...begun.applications, ...results] };
    yield { kind: 'cluster', result, left: ends.length - index - 1 };
  }
}

function notBegunResult(
  cluster: string,
  { key, bundleId, classic }: PlannedApplication,
  why: string,
  exitCode: ExitCode,
): ApplicationResult {
  return {
    cluster,
    application: key,
    bundleId,
    ...(classic === undefined ? {} : { classicWork: classic.name }),
    outcome: 'not-begun',
    reason: 'NotBegun',
    text: notBegunText(why),
    exitCode,
  };
}
