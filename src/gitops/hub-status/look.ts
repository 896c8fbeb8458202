import type { JsonObject } from '../../core/json.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import { compareReports, isLaterReport, placeOf } from '../../core/works/report-order.ts';
import { MaestroError } from '../../errors.ts';
import type { AppFacts, BundleFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { awaitsStart, oneShotStand, takenWithStatus, takesAny, type OneShotStand } from '../policy/one-shots.ts';
import { ownBundle } from '../policy/propagation.ts';
import { statusPaceMs } from '../policy/status-pace.ts';
import { isAway } from '../queue/unreached.ts';
import { decideStatusWrite, type StatusDecision, type WriteConditions } from '../status/decide.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import { fingerprintOf, type Fingerprint } from '../status/fingerprint.ts';
import { hubStatusOf } from '../status/hub-status.ts';
import { readReport, reportIsCurrent, type AppReport } from '../status/report.ts';
import { deliveryOf } from './delivery-of.ts';
import type { HubStatusParts } from './parts.ts';

/** What a look at the status of an application found. */
export interface Look {
  readonly hub: HubFacts;
  readonly bundle: BundleFacts | undefined;
  readonly report: AppReport | undefined;
  readonly publishedVersion: number;
  readonly delivery: readonly DeliveryCondition[];
  /** How the operation and the refresh on the hub stand, which may be taken off with the status. */
  readonly stand: OneShotStand;
  /** So many transitions are over with it once it is on the hub; see `HubStatusState`. */
  readonly held: number;
  /** The hub application as it was read for this look, when it was. */
  readonly before?: HubApplication | undefined;
  readonly decision: StatusDecision;
}

/** Decides on the status of one application, by its last report and by how its delivery stands. */
export async function lookAtStatus(
  parts: HubStatusParts,
  app: AppFacts,
  hub: HubFacts,
  signal: AbortSignal,
): Promise<Look> {
  const bundle = ownBundle(app, hub);
  if (bundle === undefined) return decide(parts, app, { hub, bundle, report: undefined });
  const status = keptReport(parts, app, bundle) ?? (await lastStatus(parts, app, bundle));
  return besideHub(parts, app, decide(parts, app, { hub, bundle, report: reportIn(status, bundle) }), signal);
}

/**
 * What the look is by now, after a wait: the same, or at the report that has come meanwhile. With it, reports that come
 * faster than a turn to write are no reason never to write.
 *
 * @returns undefined when that report is not kept
 */
export async function lookAtLast(
  parts: HubStatusParts,
  app: AppFacts,
  look: Look,
  signal: AbortSignal,
): Promise<Look | undefined> {
  const { hub, bundle } = look;
  if (bundle === undefined || !isOvertaken(look)) return look;
  const kept = keptReport(parts, app, bundle);
  if (kept === undefined) return undefined;
  return besideHub(parts, app, decide(parts, app, { hub, bundle, report: reportIn(kept, bundle) }), signal);
}

/** The last report of the bundle, unless what is kept is of an earlier cluster of the application, or was overtaken. */
function keptReport({ store }: HubStatusParts, { key }: AppFacts, bundle: BundleFacts): WorkStatus | undefined {
  const kept = store.reports.get(key)?.status;
  return kept !== undefined && compareReports(kept, bundle) === 0 ? kept : undefined;
}

function reportIn(status: WorkStatus | undefined, { stored }: BundleFacts): AppReport | undefined {
  return readReport(status, { namespace: stored.spokeNamespace, name: stored.spokeName });
}

function decide(
  parts: HubStatusParts,
  app: AppFacts,
  { hub, bundle, report }: Pick<Look, 'hub' | 'bundle' | 'report'>,
  fingerprint?: Fingerprint,
): Look {
  const { store, states } = parts;
  const { noise, statusMode: mode } = store.deps.settings;
  const monotonicMs = store.deps.clock.monotonicMs();
  const publishedVersion = bundle?.stored.version ?? 0;
  const delivery = deliveryOf(parts, app, hub, { bundle, report });
  const stand = oneShotStand(app, hub, bundle, monotonicMs);
  const decision = decideStatusWrite({
    report,
    publishedVersion,
    delivery,
    ...writeConditions(parts, app, stand, noise),
    mode,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  });
  if (decision.write === 'after' && decision.lane === 'change') states.edit(app.key).held ||= 1;
  return { hub, bundle, report, publishedVersion, delivery, stand, held: states.get(app.key).held, decision };
}

/** What a write of an application's status rests on now, beside its content. */
export function writeConditions(
  { store, states }: Pick<HubStatusParts, 'store' | 'states'>,
  { key, written }: AppFacts,
  stand: OneShotStand,
  noise: WriteConditions['noise'],
): WriteConditions {
  const { writtenMs, pacedMs, held } = states.get(key);
  const monotonicMs = store.deps.clock.monotonicMs();
  return {
    written,
    noise,
    sinceLastWriteMs: monotonicMs - writtenMs,
    paceMs: statusPaceMs(pacedMs, monotonicMs),
    held: held > 0,
    takes: takesAny(takenWithStatus(stand)),
  };
}

/** The status to write after a look, beside what the hub has. */
export function statusFor({ deps }: HubStatusParts, look: Look, before: HubApplication | undefined): JsonObject {
  const { statusMode: mode } = deps.settings;
  return hubStatusOf({ ...look, hub: before?.status, mode, awaitsStart: awaitsStart(look.stand) });
}

/**
 * While an operation waits on the hub, the state of an earlier one is no reason to write: what would be written is
 * held against what the hub has.
 */
async function besideHub(parts: HubStatusParts, app: AppFacts, look: Look, signal: AbortSignal): Promise<Look> {
  if (!isCurrent(look) || !awaitsStart(look.stand) || look.decision.write === 'none') return look;
  const before = (await parts.hub.fresh(app, signal))?.app;
  // The application has changed, which brings another look.
  if (before === undefined || app.hub !== look.hub) return look;
  return { ...decide(parts, app, look, fingerprintOf(statusFor(parts, look, before))), before };
}

/**
 * The last report as Maestro shows it, or one that came while it was asked. While Maestro is away, that what the hub
 * has waits can be told without the report, when that said nothing of trouble.
 *
 * @throws MaestroError unavailable also while Maestro does not show what its stream has told
 */
async function lastStatus(parts: HubStatusParts, app: AppFacts, bundle: BundleFacts): Promise<WorkStatus | undefined> {
  try {
    const row = await parts.reads.get(bundle.stored.id);
    const last = keptReport(parts, app, bundle) ?? row?.status;
    if (row !== undefined && isLaterReport(placeOf(bundle), last))
      throw new MaestroError('unavailable', 'Maestro does not show yet what the cluster has reported');
    return last;
  } catch (caught) {
    const withoutIt = parts.deliveries.get(app.key).unsent !== undefined && !bundle.troubled;
    if (isAway(MaestroError.from(caught)) && withoutIt) return undefined;
    throw caught;
  }
}

/** Its report tells of the version that is published. */
export function isCurrent({ report, publishedVersion }: Look): boolean {
  return report?.status !== undefined && reportIsCurrent(report, publishedVersion);
}

/** A later report has come since. */
export function isOvertaken({ bundle, report }: Look): boolean {
  return bundle !== undefined && report !== undefined && isLaterReport(bundle, report);
}
