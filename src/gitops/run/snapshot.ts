import type { AppRecord } from '../index/records.ts';
import { currentBundle } from '../policy/propagation.ts';
import { lanes } from '../queue/work-queue.ts';
import type { ApplicationState, EngineSnapshot } from './controller-metrics.ts';
import { inTurns } from '../queue/in-turns.ts';
import type { Propagator } from '../deliver/reconcile.ts';
import { setAsideKinds } from '../store/set-aside.ts';
import type { ControllerState } from '../store/store.ts';

/**
 * Counts for one scrape, which are of all applications even while the
 * controllers stop. Of applications that change meanwhile, either state may be counted.
 */
export async function snapshotOf(state: ControllerState, propagator: Propagator): Promise<EngineSnapshot> {
  const applications: Partial<Record<ApplicationState, number>> = {};
  const parked: Record<string, number> = {};
  await inTurns(state.index.all(), { clock: state.deps.clock, signal: new AbortController().signal }, (app) => {
    if (app.hub === undefined) return;
    const is = stateOf(app, state);
    applications[is] = (applications[is] ?? 0) + 1;
    if (app.parked !== undefined) parked[app.parked.reason] = (parked[app.parked.reason] ?? 0) + 1;
  });
  return {
    applications,
    queue: Object.fromEntries(
      lanes.map((lane) => [lane, { depth: state.queue.depth(lane), oldestMs: state.queue.ageMs(lane) }]),
    ),
    parked,
    setAside: Object.fromEntries(setAsideKinds.map((kind) => [kind, state.setAside.count(kind)])),
    orphans: state.orphans,
    brakeOn: state.brakeOn,
    publishesInFlight: propagator.inFlight,
    publishWindow: propagator.window,
    statusBacklog: lanes.reduce((sum, lane) => sum + state.statusQueue.depth(lane), 0),
  };
}

function stateOf(app: AppRecord, { clusters }: ControllerState): ApplicationState {
  const { hub } = app;
  if (hub === undefined || !hub.selected || hub.cluster === '' || clusters.get(hub.cluster)?.local === true)
    return 'ignored';
  if (hub.deletionTimestamp !== '') return 'deleting';
  if (app.parked !== undefined) return 'parked';
  const bundle = currentBundle(app, hub);
  if (bundle === undefined || bundle.stored.contentHash !== hub.desiredHash) return 'pending';
  if (bundle.appliedVersion >= bundle.stored.version) return 'synced';
  return bundle.troubled ? 'failed' : 'pending';
}
