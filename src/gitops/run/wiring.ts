import { BatchedReads } from '../access/batched-reads.ts';
import { callLimits } from '../access/call-limits.ts';
import { HubApplications } from '../access/hub-applications.ts';
import { FailureLog } from '../deliver/failure-log.ts';
import { Garbage } from '../deliver/garbage.ts';
import { DeliverKeys } from '../deliver/keys.ts';
import type { DeliverParts } from '../deliver/parts.ts';
import { Publisher } from '../deliver/publisher.ts';
import { DeliverReconciler } from '../deliver/reconcile.ts';
import { newDeliverState } from '../deliver/state.ts';
import { ClusterLiveness } from '../hub-status/cluster-liveness.ts';
import { HubStatusKeys } from '../hub-status/keys.ts';
import type { HubStatusParts } from '../hub-status/parts.ts';
import { HubStatusReconciler } from '../hub-status/reconcile.ts';
import { newHubStatusState } from '../hub-status/state.ts';
import { HubWriteBudget } from '../kube/write-budget.ts';
import { HubReports } from '../set-report/hub-reports.ts';
import { SetReportKeeper } from '../set-report/keeper.ts';
import { Running } from '../queue/running.ts';
import { WorkQueue } from '../queue/work-queue.ts';
import { Workers } from '../queue/workers.ts';
import { HubHandler } from '../store/hub-handler.ts';
import type { StoreListener } from '../store/listener.ts';
import { MaestroHandler } from '../store/maestro-handler.ts';
import { Store } from '../store/store.ts';
import type { ControllerDeps } from './controller-deps.ts';

/** Has a bundle read soon, to see this report or a later one. */
type ReadSoon = StoreListener['unsure'];

/**
 * Puts both controllers together for one term as the leader. The store tells a
 * listener, which puts keys on two queues; the workers of each give them to its
 * reconciler; what that reads and writes goes into the store like what is heard.
 *
 * @param readSoon has a bundle read again, beside what is under way
 * @param signal ends calls that are under way
 */
export function wireControllers(deps: ControllerDeps, readSoon: ReadSoon, signal: AbortSignal) {
  const store = new Store(
    deps,
    listen(() => ({ delivery, status, readSoon })),
  );
  const hubHandler = new HubHandler(store);
  const base = {
    deps,
    store,
    hubHandler,
    maestroHandler: new MaestroHandler(store),
    hub: new HubApplications(deps, store, hubHandler),
  };
  const delivery = wireDelivery(base, (key, afterMs) => status.keys.deliveryChanged(key, afterMs));
  const status = wireStatus(base, delivery.parts, signal);
  const reports = new HubReports(deps, store.clusters, status.parts.budget);
  return { ...base, delivery, status, setReports: new SetReportKeeper({ ...base, reports }) };
}

export type Controllers = ReturnType<typeof wireControllers>;
type Base = Pick<DeliverParts, 'deps' | 'store' | 'hubHandler' | 'maestroHandler' | 'hub'>;

/** @param parts asked for when there is something to tell: they are made after the store */
function listen(
  parts: () => Pick<Controllers, 'delivery' | 'status'> & { readonly readSoon: ReadSoon },
): StoreListener {
  return {
    changed: (app, { edited, replaced, soon }) => {
      const { delivery, status } = parts();
      if (edited === true) delivery.workers.forgive(app.key);
      if (replaced === true) status.workers.forgive(app.key);
      delivery.keys.changed(app, soon);
      status.keys.changed(app);
    },
    onHub: (app) => parts().delivery.parts.garbage.keep(app),
    deletionSeen: (app, uid) => parts().delivery.parts.garbage.deletionSeen(app, uid),
    switched: (app) => parts().delivery.parts.garbage.keep(app),
    offHub: (app) => parts().delivery.keys.offHub(app),
    due: (app, lane) => parts().delivery.keys.due(app, lane),
    statusChanged: (app) => parts().status.keys.changed(app),
    readabilityChanged: (app) => parts().status.keys.readabilityChanged(app),
    reported: (taken) => {
      parts().delivery.keys.reported(taken);
      parts().status.keys.reported(taken);
    },
    ended: (app, bundle) => parts().delivery.parts.garbage.ended(app, bundle),
    freed: (keys, reason) => parts().delivery.keys.freed(keys, reason),
    published: () => parts().delivery.workers.reachable(),
    reachable: () => {
      parts().delivery.workers.reachable();
      parts().status.workers.reachable();
    },
    unsure: (bundleId, report) => parts().readSoon(bundleId, report),
  };
}

function wireDelivery(base: Base, tellStatus: DeliverParts['tellStatus']) {
  const { deps, store } = base;
  const { propagation } = deps.settings.controllers;
  const queue = new WorkQueue(deps.clock);
  const running = new Running(deps.clock);
  const parts: DeliverParts = {
    ...base,
    states: store.index.keep(newDeliverState),
    publisher: new Publisher(deps, store.clusters, running),
    garbage: new Garbage(store),
    missingConsumers: new Set(),
    tellStatus,
  };
  const { reconcile, lookAgain } = new DeliverReconciler(parts);
  const log = new FailureLog(deps);
  const workers = new Workers(queue, propagation ? reconcile : lookAgain, {
    ...deps,
    running,
    // Reading is always allowed.
    mayWork: () => !propagation || !deps.guard.current().blocked,
    retryLane: (key) => (store.index.get(key)?.hub?.deletionTimestamp ? 'delete' : 'change'),
    onFailed: (key, error, againInMs) => log.add(key, error, againInMs),
  });
  return { parts, queue, running, workers, keys: new DeliverKeys(parts, queue) };
}

function wireStatus(base: Base, { states: deliveries }: DeliverParts, signal: AbortSignal) {
  const { deps, store } = base;
  const { clock, maestro, settings } = deps;
  const queue = new WorkQueue(clock);
  // Nobody takes from it, so it keeps nothing either.
  if (!settings.controllers.aggregation) queue.end();
  const running = new Running(clock);
  const parts: HubStatusParts = {
    ...base,
    states: store.index.keep(newHubStatusState),
    deliveries,
    liveness: new ClusterLiveness(store, deliveries),
    reads: new BatchedReads(
      maestro.reader,
      () => callLimits(deps, signal),
      ({ id, error }) => void store.setAside.add('bundle', id, error.message),
    ),
    budget: new HubWriteBudget({ perSecond: settings.hubWritesPerSecond }, clock),
  };
  const { reconcile, failed } = new HubStatusReconciler(parts);
  const workers = new Workers(queue, reconcile, {
    ...deps,
    running,
    mayWork: () => !deps.guard.current().blocked,
    retryLane: () => 'change',
    onFailed: failed,
  });
  return { parts, queue, running, workers, keys: new HubStatusKeys(parts, queue) };
}
