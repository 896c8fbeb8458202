import { oneLine } from '../../core/shown-text.ts';
import type { AppReport } from './report.ts';
import { reportIsCurrent } from './report.ts';
import type { DeliveryCondition } from './delivery-condition.ts';
import { deliveryErrorType, deliveryWarningType, skipReconcileAnnotation } from '../constants.ts';
import { kubernetesTime, parseTime } from './times.ts';
import { shortened } from '../../core/text.ts';

export interface DeliveryFacts {
  readonly cluster: string;
  /** Where the application lives on the cluster. */
  readonly spokeNamespace: string;
  readonly report: AppReport | undefined;
  /** 0 when nothing was published yet. */
  readonly publishedVersion: number;
  /** RFC 3339, since when a published version waits to be applied; "" when none does. */
  readonly pendingSince: string;
  /** Set while the status on the hub is that of the cluster that the application moves away from. */
  readonly movedFrom?: string;
  /** Set when the cluster is not available: RFC 3339 since when, "" when nobody knows. */
  readonly clusterUnavailableSince?: string;
  /** The hub says that the cluster is available. */
  readonly clusterAvailable?: boolean;
  /**
   * Set when the cluster has been silent for too long: RFC 3339 of its last report, or of the start of this process.
   */
  readonly silentSince?: string;
  /** Set when an Argo CD on the hub is not told to leave the application alone. */
  readonly hubMayReconcile?: boolean;
  /** Set when the operation on the hub has waited for a while: RFC 3339 since when, and why. */
  readonly operationWaits?: { readonly since: string; readonly why: string };
  /** Set while another client changes what we publish again and again: RFC 3339 since when. */
  readonly overwrittenSince?: string;
  /** Set when what the hub has could not be sent to Maestro: RFC 3339 since when, and why. */
  readonly unsent?: { readonly what: 'content' | 'deletion'; readonly since: string; readonly why: string };
  /** `<cluster>/<name>` of the ManifestWorks of the classic model that deliver the application too. */
  readonly classicWorks?: readonly string[];
  /** It is being deleted. */
  readonly deleting?: boolean;
  /** Why the application is not published, or not deleted. */
  readonly blocked?: { readonly reason: string; readonly message: string; readonly since: string };
  /** Why the last report could not be read. */
  readonly unreadableReport?: string;
  /** RFC 3339, since when the deletion waits for the cluster; "" or absent when it does not. */
  readonly deletionPendingSince?: string;
  /** RFC 3339. */
  readonly now: string;
  /** Those on the hub now. */
  readonly previous: readonly DeliveryCondition[];
}

interface Finding {
  readonly type: DeliveryCondition['type'];
  readonly message: string;
  readonly since: string;
  /**
   * The time in the message is that of another object, not one that a restart of ours or the next version would move.
   */
  readonly exact?: true;
}

/** How long a version may wait before that is worth a condition. */
export const pendingGraceMs = 60_000;
/** How long an applied application may lack a status. */
export const noStatusMs = 5 * 60_000;
const silence = 'has reported nothing';
/** Agents repeat whole objects in some messages. */
const longestMessage = 1000;

/**
 * What stands in the way of the delivery, as conditions for the hub
 * application; empty when nothing does. While the facts stay, so do the
 * conditions, to the letter: a time tells when something began, and the one
 * that the hub shows already is kept.
 */
export function deliveryConditions(facts: DeliveryFacts): readonly DeliveryCondition[] {
  return findings(facts).map((finding) => {
    const before = shownBefore(finding, facts.previous);
    const candidates = [before?.lastTransitionTime ?? '', finding.since, facts.now];
    const lastTransitionTime = candidates.map((time) => kubernetesTime(time)).find((time) => time !== undefined);
    return {
      type: finding.type,
      message: before?.message ?? finding.message,
      // Only a clock that gives no time leads here; the API server refuses a condition without one.
      lastTransitionTime: lastTransitionTime ?? '1970-01-01T00:00:00Z',
    };
  });
}

function shownBefore(finding: Finding, previous: readonly DeliveryCondition[]): DeliveryCondition | undefined {
  const sameType = previous.filter(({ type }) => type === finding.type);
  const same = sameType.find(({ message }) => message === finding.message);
  if (same !== undefined || finding.exact === true) return same;
  return sameType.find(({ message }) => withoutTimes(message) === withoutTimes(finding.message));
}

function withoutTimes(message: string): string {
  return message.replaceAll(/ since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '');
}

function findings(facts: DeliveryFacts): readonly Finding[] {
  const all = [
    blockedFinding(facts),
    applyFinding(facts),
    companionsFinding(facts),
    unsentFinding(facts),
    overwrittenFinding(facts),
    pendingFinding(facts),
    feedbackFinding(facts),
    withoutStatusFinding(facts),
    clusterFinding(facts),
    deletionFinding(facts),
    operationFinding(facts),
    classicFinding(facts),
    hubFinding(facts),
  ];
  return all.filter((finding) => finding !== undefined);
}

function blockedFinding({ blocked, cluster, deleting = false }: DeliveryFacts): Finding | undefined {
  if (blocked === undefined) return undefined;
  const what = deleting ? 'not deleted' : 'not delivered';
  const where = cluster === '' ? what : `${what} ${deleting ? 'from' : 'to'} cluster ${cluster}`;
  const { since, message, reason } = blocked;
  return error(`${where}${sinceText(since)}: ${shortLine(message)} (${reason})`, since);
}

function applyFinding({ report, cluster }: DeliveryFacts): Finding | undefined {
  if (report?.applied.status !== 'False') return undefined;
  const { since = '', message } = report.applied;
  return error(`cluster ${cluster} cannot apply the application${sinceText(since)}: ${shortLine(message)}`, since);
}

function companionsFinding({ report, cluster }: DeliveryFacts): Finding | undefined {
  if (report === undefined || report.othersFailed === '') return undefined;
  return warning(
    `cluster ${cluster} cannot apply what goes along with the application: ${shortLine(report.othersFailed)}`,
    '',
  );
}

function unsentFinding({ unsent, cluster, publishedVersion, now, previous }: DeliveryFacts): Finding | undefined {
  if (unsent === undefined) return undefined;
  const { since, why, what } = unsent;
  const seen = publishedVersion === 0 || what === 'deletion' ? '' : '; the status is still that of the version before';
  const subject = what === 'deletion' ? 'the deletion of the application' : 'the latest version of the application';
  const finding = warning(
    `${subject} could not be sent to cluster ${cluster}${sinceText(since)}: ${why}${seen}`,
    since,
  );
  return isOlderThan(since, now, pendingGraceMs) || shownBefore(finding, previous) !== undefined ? finding : undefined;
}

function pendingFinding(facts: DeliveryFacts): Finding | undefined {
  const { report, publishedVersion, pendingSince, cluster, now, previous, movedFrom } = facts;
  if (publishedVersion === 0 || pendingSince === '') return undefined;
  if (report !== undefined && (report.applied.status === 'False' || reportIsCurrent(report, publishedVersion)))
    return undefined;
  const old = movedFrom === undefined ? 'the version before' : `cluster ${movedFrom}, which keeps it until then`;
  const seen = report?.status === undefined && movedFrom === undefined ? '' : `; the status is still that of ${old}`;
  const finding = warning(
    `the latest version of the application has been on its way to cluster ${cluster}${sinceText(pendingSince)}${seen}`,
    pendingSince,
  );
  // Once shown it stays until it is over, whatever a restart or the next version makes of the time.
  if (shownBefore(finding, previous) !== undefined) return finding;
  return isOlderThan(pendingSince, now, pendingGraceMs) ? finding : undefined;
}

function feedbackFinding({ report, cluster, unreadableReport }: DeliveryFacts): Finding | undefined {
  if (unreadableReport !== undefined) {
    return warning(
      `cluster ${cluster} reports what cannot be read, what is shown is the last one that came: ${oneLine(unreadableReport)}`,
      '',
    );
  }
  if (report === undefined) return undefined;
  const { feedbackSynced, feedbackMessage, unreadable } = report;
  if (unreadable === undefined && feedbackSynced !== 'False') return undefined;
  const reason = unreadable ?? (feedbackMessage === '' ? 'its agent does not say why' : shortLine(feedbackMessage));
  return warning(
    `cluster ${cluster} does not report the application's status, what is shown is the last one that came: ${reason}`,
    '',
  );
}

/** Argo CD ignores applications in namespaces that it was not told to watch, without a word. */
function withoutStatusFinding(facts: DeliveryFacts): Finding | undefined {
  const { report, cluster, spokeNamespace, publishedVersion } = facts;
  if (report === undefined || !reportIsCurrent(report, publishedVersion)) return undefined;
  if (report.feedbackSynced === 'False' || report.unreadable !== undefined) return undefined;
  if (report.status !== undefined && Object.keys(report.status).length > 0) return undefined;
  const since = report.applied.since ?? '';
  if (!isOlderThan(since, facts.now, noStatusMs)) return undefined;
  const hint = `check that an Argo CD runs on the cluster and watches namespace ${spokeNamespace}`;
  return warning(
    `applied on cluster ${cluster}${sinceText(since)}, but nothing there has given it a status: ${hint}`,
    since,
  );
}

function clusterFinding(facts: DeliveryFacts): Finding | undefined {
  const { cluster, clusterUnavailableSince, silentSince, clusterAvailable = false, report, pendingSince } = facts;
  const last = 'the status is the last one that it reported';
  const shown = report?.status !== undefined && Object.keys(report.status).length > 0;
  if (clusterUnavailableSince !== undefined) {
    const message = `cluster ${cluster} has been unavailable${sinceText(clusterUnavailableSince)}${shown ? `; ${last}` : ''}`;
    return { ...warning(message, clusterUnavailableSince), exact: true };
  }
  if (silentSince === undefined) return undefined;
  const since = sinceText(silentSince);
  const either = 'nothing changed there, or its Maestro agent or its Argo CD does not run';
  if (shown && clusterAvailable)
    return warning(`cluster ${cluster} is available and ${silence}${since}: ${either}; ${last}`, silentSince);
  if (shown) return warning(`cluster ${cluster} ${silence}${since}; ${last}`, silentSince);
  // What was sent and not applied, or applied and without a status, is told by conditions of their own.
  return report === undefined && pendingSince === ''
    ? warning(`cluster ${cluster} ${silence} of the application so far`, silentSince)
    : undefined;
}

function overwrittenFinding({ overwrittenSince, cluster }: DeliveryFacts): Finding | undefined {
  if (overwrittenSince === undefined) return undefined;
  const message = `another client of Maestro has been changing the work of the application on cluster ${cluster}${sinceText(overwrittenSince)}; each time it is published again, later and later`;
  return warning(message, overwrittenSince);
}

function operationFinding({ operationWaits }: DeliveryFacts): Finding | undefined {
  if (operationWaits === undefined) return undefined;
  const { since, why } = operationWaits;
  return warning(`the operation on the hub has been waiting${sinceText(since)}: ${oneLine(why)}`, since);
}

const ownsToo = 'still owns the application too';

/** That it holds up a deletion is told by what blocks that. */
function classicFinding({ classicWorks = [], deleting = false }: DeliveryFacts): Finding | undefined {
  if (classicWorks.length === 0 || deleting) return undefined;
  return warning(
    `the classic ManifestWork ${classicWorks.join(', ')} ${ownsToo}: edits flap, and a deletion would leave it running; "maestro-cli gitops migrate" ends it`,
    '',
  );
}

function hubFinding({ hubMayReconcile }: DeliveryFacts): Finding | undefined {
  if (hubMayReconcile !== true) return undefined;
  return warning(
    `annotation ${skipReconcileAnnotation} is not "true": an Argo CD of the hub that reconciles this namespace deploys the application to the hub too`,
    '',
  );
}

function deletionFinding({ deletionPendingSince: since = '', cluster }: DeliveryFacts): Finding | undefined {
  return since === ''
    ? undefined
    : warning(`the deletion has been waiting for cluster ${cluster}${sinceText(since)}`, since);
}

/** True for the condition that a work of the classic model is left. */
export function tellsOfClassicWorks({ message }: DeliveryCondition): boolean {
  return message.includes(` ${ownsToo}`);
}

/** True for the condition of a cluster that has been silent for too long. */
export function tellsOfSilence({ message }: DeliveryCondition): boolean {
  return message.includes(` ${silence}`);
}

function isOlderThan(since: string, now: string, ms: number): boolean {
  const [from, to] = [parseTime(since), parseTime(now)];
  return from !== undefined && to !== undefined && to - from >= ms;
}

function sinceText(since: string): string {
  const time = kubernetesTime(since);
  return time === undefined ? '' : ` since ${time}`;
}

function shortLine(text: string): string {
  return shortened(oneLine(text), longestMessage);
}

function error(message: string, since: string): Finding {
  return { type: deliveryErrorType, message, since };
}

function warning(message: string, since: string): Finding {
  return { type: deliveryWarningType, message, since };
}
