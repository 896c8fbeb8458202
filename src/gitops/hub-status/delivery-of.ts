import type { AppRecord, BundleRecord, HubFacts } from '../index/records.ts';
import { operationWait } from '../policy/one-shots.ts';
import { isOverwrittenAgain } from '../policy/overwrites.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import { deliveryConditions } from '../status/delivery-conditions.ts';
import { isDue, operationIsDue } from '../status/due-conditions.ts';
import type { AppReport } from '../status/report.ts';
import type { Log } from '../run/log.ts';
import type { News } from '../run/news.ts';
import type { Silence } from './cluster-liveness.ts';
import type { ControllerState } from '../store/store.ts';

/**
 * What stands in the way of an application's delivery now, as conditions for the hub; notes which of those that come
 * with time are due.
 */
export function deliveryOf(
  state: ControllerState,
  silence: Silence,
  app: AppRecord,
  hub: HubFacts,
  { bundle, report }: { readonly bundle: BundleRecord | undefined; readonly report: AppReport | undefined },
): readonly DeliveryCondition[] {
  const { clusters, deps } = state;
  const cluster = clusters.get(hub.cluster);
  if (cluster?.local === true) return [];
  // Until the new cluster reports, the hub shows what the old one said.
  const movedFrom =
    bundle?.sequenceId === ''
      ? app.bundles.find(({ stored }) => stored.consumer !== hub.cluster)?.stored.consumer
      : undefined;
  const silentSince = bundle === undefined ? undefined : silence.since(app);
  // What a report that came says of itself is more exact.
  const unreadableReport =
    bundle === undefined || report?.unreadable !== undefined
      ? undefined
      : state.setAside.reason('status', bundle.stored.id);
  app.due = silence.due(app);
  const deleting = isDue(app.due, 'deletion') ? app.deletionPendingSince : '';
  const wait = operationIsDue(app.due) ? operationWait(app, hub, bundle, deps.clock.monotonicMs()) : undefined;
  return deliveryConditions({
    cluster: hub.cluster,
    spokeNamespace: hub.spokeNamespace,
    report,
    publishedVersion: bundle?.stored.version ?? 0,
    // What is being deleted is on its way nowhere.
    pendingSince: bundle?.stored.deleting === false ? bundle.pendingSince : '',
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(cluster?.available === false && bundle !== undefined
      ? { clusterUnavailableSince: cluster.availableSince ?? '' }
      : {}),
    ...(cluster?.available === true ? { clusterAvailable: true } : {}),
    ...(silentSince === undefined ? {} : { silentSince }),
    ...(unreadableReport === undefined ? {} : { unreadableReport }),
    ...(app.parked === undefined ? {} : { parked: app.parked }),
    ...(app.unsent === undefined ? {} : { unsent: app.unsent }),
    ...(deleting === '' ? {} : { deletionPendingSince: deleting }),
    ...(wait === undefined ? {} : { operationWaits: { since: app.operationSince, why: wait.why } }),
    ...(isOverwrittenAgain(app.overwrites, deps.clock.monotonicMs()) ? { overwrittenSince: app.overwrites.since } : {}),
    ...(hub.skipReconcile || hub.deletionTimestamp !== '' ? {} : { hubMayReconcile: true }),
    now: new Date(deps.clock.wallMs()).toISOString(),
    previous: app.delivery,
  });
}

/**
 * Tells in the log, by name, what the application's conditions say since now, and when they are gone. What parks an
 * application is told when it does.
 */
export function tellDelivery(news: News, log: Log, app: AppRecord, delivery: readonly DeliveryCondition[]): void {
  const told = delivery.filter(
    ({ message }) => app.parked === undefined || !message.endsWith(`(${app.parked.reason})`),
  );
  if (told.length > 0) {
    const says = told.map(({ message }) => message).join(' | ');
    news.tell(`delivery ${app.key}`, says, 'the delivery of an application', {
      application: app.key,
      cluster: app.hub?.cluster,
      says,
    });
  } else if (news.over(`delivery ${app.key}`))
    log.info('the delivery of an application is in order again', { application: app.key });
}
