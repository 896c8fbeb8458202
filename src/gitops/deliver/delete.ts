import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { mayWrite } from '../access/may-write.ts';
import { readStoredBundle, withoutCascade, withVersion } from '../bundle/stored-bundle.ts';
import type { BundleFacts } from '../index/facts.ts';
import { awaitDeletion, deletionAsked } from '../index/write-facts.ts';
import { currentBundle } from '../policy/propagation.ts';
import type { Outcome } from '../queue/workers.ts';
import { readBundle, type DeliverStep } from './parts.ts';

/** Publishes the bundle without what would cascade, so that its workload outlives it. */
export async function stripBundle(step: DeliverStep, bundle: BundleFacts): Promise<Outcome> {
  const { app, signal } = step;
  const { id, consumer } = bundle.stored;
  const stored = await readBundle(step, id);
  if (stored === undefined) {
    step.maestroHandler.absent(id);
    return {};
  }
  if (stored.version !== bundle.stored.version || stored.deletedAt !== undefined) {
    step.maestroHandler.believed(stored);
    return { requeueAfterMs: 0, lane: 'change' };
  }
  const version = stored.version + 1;
  const work = withVersion(withoutCascade(stored), version);
  const target = targetOf(step, bundle);
  await step.publisher.publish(app.key, { kind: 'update', target, work, version: stored.version }, signal);
  const { name, labels, annotations, manifests } = work;
  step.maestroHandler.published(
    app.key,
    readStoredBundle({ id, consumer, version, metadata: { name, labels, annotations }, manifests }),
  );
  return {};
}

/** Asks Maestro to delete the bundle. The caller has made sure that it may go. */
export async function deleteBundle(step: DeliverStep, bundle: BundleFacts): Promise<void> {
  const { app, signal, deps, store, maestroHandler } = step;
  const { id, name: workName, version, consumer } = bundle.stored;
  mayWrite(deps, store.clusters, 'deleted', consumer);
  // Asking once more for what is gone by now would be answered as if it were under way, and its end is told once.
  if (bundle.deleteUnsure) {
    const stored = await readBundle(step, id);
    if (stored === undefined) return maestroHandler.absent(id);
    deletionAsked(bundle, 'none');
    if (stored.deletedAt !== undefined) return maestroHandler.believed(stored);
  }
  deletionAsked(bundle, 'sent');
  try {
    await step.publisher.publish(
      app.key,
      { kind: 'delete', target: targetOf(step, bundle), workName, version },
      signal,
    );
  } catch (caught) {
    const error = MaestroError.from(caught);
    // Its end went unheard; whether it is really gone, reading it tells.
    if (error.code === 'not-found' && (await readBundle(step, id)) === undefined) return maestroHandler.absent(id);
    throw error;
  }
  deletionAsked(bundle, deps.clock.monotonicMs());
  store.index.restate(bundle, { ...bundle.stored, deleting: true });
  awaitDeletion(app, store.now());
  deps.log.debug('deletion requested', { application: app.key, bundle: id, cluster: consumer });
}

/** What is about to be deleted is asked about once more: the index may be behind. */
export async function mayStillDelete(
  { app, signal, hub, store, garbage }: DeliverStep,
  bundle: BundleFacts,
): Promise<boolean> {
  const known = app.hub;
  const content = (await hub.fresh(app, signal))?.app;
  if (content === undefined && known === undefined) return garbage.isCollecting(app) && !bundle.stored.cascades;
  if (content === undefined || known === undefined || content.uid !== known.uid) return false;
  if (content.deletionTimestamp !== undefined) return app.hub?.argoFinalizers === true || !bundle.stored.cascades;
  const current = app.hub === undefined ? undefined : currentBundle(app, app.hub);
  const local = store.clusters.get(content.cluster)?.local === true;
  return !content.selected || content.cluster === '' || local || current !== bundle;
}

/** The end of an earlier application's bundle is told once, and may have been told too early or to nobody. */
export async function askForPredecessor(step: DeliverStep): Promise<void> {
  const { app } = step;
  const id = app.hub === undefined ? undefined : currentBundle(app, app.hub)?.stored.id;
  if (id === undefined) return;
  const stored: ResourceBundle | undefined = await readBundle(step, id);
  if (stored === undefined) step.maestroHandler.absent(id);
  else step.maestroHandler.row(stored);
}

function targetOf({ store }: DeliverStep, { stored }: BundleFacts): { id: string; consumer: string; source: string } {
  return { id: stored.id, consumer: stored.consumer, source: store.bundleSettings.sourceId };
}
