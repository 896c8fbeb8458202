import type { Blocked } from '../deliver/state.ts';
import type { AppFacts } from '../index/facts.ts';
import { currentBundle, isWanted } from '../policy/propagation.ts';
import { inTurns } from '../queue/in-turns.ts';
import { lanes } from '../queue/lanes.ts';
import { setAsideKinds } from '../store/set-aside.ts';
import type { Store } from '../store/store.ts';
import type { ApplicationState, EngineSnapshot } from './controller-metrics.ts';
import type { Controllers } from './wiring.ts';

/**
 * Counts for one scrape, which are of all applications even while the
 * controllers stop. Of applications that change meanwhile, either state may be counted.
 */
export async function snapshotOf({ store, delivery, status, setReports }: Controllers): Promise<EngineSnapshot> {
  const { queue } = delivery;
  const { states, garbage, publisher } = delivery.parts;
  const applications: Partial<Record<ApplicationState, number>> = {};
  const blockedBy: Record<string, number> = {};
  let classicWorksApplications = 0;
  const { signal } = new AbortController();
  await inTurns(store.index.all(), { clock: store.deps.clock, signal }, (app) => {
    if (app.hub === undefined) return;
    const left = !store.clusters.isOurs(app.hub.cluster);
    const blocked = left ? leftAlone : states.get(app.key).blocked;
    const is = stateOf(app, store, blocked);
    applications[is] = (applications[is] ?? 0) + 1;
    if (app.classicWorks.length > 0 && is !== 'ignored' && !left) classicWorksApplications += 1;
    if (blocked !== undefined && !(left && is === 'ignored'))
      blockedBy[blocked.reason] = (blockedBy[blocked.reason] ?? 0) + 1;
  });
  return {
    applications,
    queue: Object.fromEntries(lanes.map((lane) => [lane, { depth: queue.depth(lane), oldestMs: queue.ageMs(lane) }])),
    parked: blockedBy,
    setAside: Object.fromEntries(setAsideKinds.map((kind) => [kind, store.setAside.count(kind)])),
    orphans: garbage.orphans,
    brakeOn: garbage.brakeOn,
    classicWorks: store.classic.works,
    classicWorksVisible: store.classic.visible,
    classicWorksApplications,
    publishesInFlight: publisher.inFlight,
    publishWindow: publisher.window,
    setReports: setReports.counts(),
    statusBacklog: lanes.reduce((sum, lane) => sum + status.queue.depth(lane), 0),
  };
}

/** Kept of none: it is known by the cluster. */
const leftAlone = { reason: 'ClusterSwitchedOff' } as const satisfies Pick<Blocked, 'reason'>;

function stateOf(app: AppFacts, { clusters }: Store, blocked: Pick<Blocked, 'reason'> | undefined): ApplicationState {
  const { hub } = app;
  if (hub === undefined || !isWanted(hub, { cluster: clusters.get(hub.cluster) })) return 'ignored';
  if (hub.deletionTimestamp !== '') return 'deleting';
  if (blocked !== undefined) return 'parked';
  const bundle = currentBundle(app, hub);
  if (bundle === undefined || bundle.stored.contentHash !== hub.desiredHash) return 'pending';
  if (bundle.appliedVersion >= bundle.stored.version) return 'synced';
  return bundle.troubled ? 'failed' : 'pending';
}
