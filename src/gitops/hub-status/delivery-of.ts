import type { AppFacts, BundleFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import { operationWait } from '../policy/one-shots.ts';
import { isOverwrittenAgain } from '../policy/overwrites.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import { deliveryConditions, tellsOfClassicWorks } from '../status/delivery-conditions.ts';
import { isDue, operationIsDue } from '../status/due-conditions.ts';
import type { AppReport } from '../status/report.ts';
import type { HubStatusParts } from './parts.ts';

/**
 * What stands in the way of an application's delivery now, as conditions for the hub; notes which of those that come
 * with time are due.
 */
export function deliveryOf(
  { store, states, deliveries, liveness }: HubStatusParts,
  app: AppFacts,
  hub: HubFacts,
  { bundle, report }: { readonly bundle: BundleFacts | undefined; readonly report: AppReport | undefined },
): readonly DeliveryCondition[] {
  const { clusters, deps, setAside } = store;
  const cluster = clusters.get(hub.cluster);
  if (cluster?.local === true) return [];
  // What a process before this one found is not taken back before it has been looked for again.
  const mayBeLeft = !store.classic.known && app.classicWorks.length === 0;
  if (mayBeLeft && app.delivery.some((condition) => tellsOfClassicWorks(condition))) return app.delivery;
  const monotonicMs = deps.clock.monotonicMs();
  const { blocked, unsent, overwrites } = deliveries.get(app.key);
  // Until the new cluster reports, the hub shows what the old one said.
  const movedFrom =
    bundle?.sequenceId === ''
      ? app.bundles.find(({ stored }) => stored.consumer !== hub.cluster)?.stored.consumer
      : undefined;
  const silentSince = bundle === undefined ? undefined : liveness.silentSince(app);
  // What a report that came says of itself is more exact.
  const unreadableReport =
    bundle === undefined || report?.unreadable !== undefined ? undefined : setAside.reason('status', bundle.stored.id);
  const due = liveness.due(app);
  if (due !== states.get(app.key).due) states.edit(app.key).due = due;
  const deleting = isDue(due, 'deletion') ? app.deletionPendingSince : '';
  const wait = operationIsDue(due) ? operationWait(app, hub, bundle, monotonicMs) : undefined;
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
    ...(blocked === undefined ? {} : { blocked }),
    ...(app.classicWorks.length === 0 ? {} : { classicWorks: app.classicWorks }),
    ...(hub.deletionTimestamp === '' ? {} : { deleting: true }),
    ...(unsent === undefined ? {} : { unsent }),
    ...(deleting === '' ? {} : { deletionPendingSince: deleting }),
    ...(wait === undefined ? {} : { operationWaits: { since: app.operationSince, why: wait.why } }),
    ...(isOverwrittenAgain(overwrites, monotonicMs) ? { overwrittenSince: overwrites.since } : {}),
    ...(hub.skipReconcile || hub.deletionTimestamp !== '' ? {} : { hubMayReconcile: true }),
    now: new Date(deps.clock.wallMs()).toISOString(),
    previous: app.delivery,
  });
}

/**
 * Tells in the log, by name, what the application's conditions say since now, and when they are gone. What blocks an
 * application is told when it does.
 */
export function tellDelivery(
  { store, deliveries }: HubStatusParts,
  app: AppFacts,
  delivery: readonly DeliveryCondition[],
): void {
  const { blocked } = deliveries.get(app.key);
  const says = delivery
    .map(({ message }) => message)
    .filter((message) => blocked === undefined || !message.endsWith(`(${blocked.reason})`))
    .join(' | ');
  if (says !== '')
    store.news.tell(`delivery ${app.key}`, says, 'the delivery of an application', {
      application: app.key,
      cluster: app.hub?.cluster,
      says,
    });
  else if (store.news.over(`delivery ${app.key}`))
    store.deps.log.info('the delivery of an application is in order again', { application: app.key });
}
