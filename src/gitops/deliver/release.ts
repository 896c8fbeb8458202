import { possibleIds } from '../bundle/bundle-name.ts';
import { finalizersPatch } from '../kube/patches.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubSummary } from '../model/hub-application.ts';
import type { Outcome } from '../queue/workers.ts';
import { eventOf, forgetBlock } from './blocking.ts';
import { decideStep } from './decide-step.ts';
import { readBundle, type DeliverStep } from './parts.ts';

/** Lets the hub application go by taking Argo CD's finalizers away. */
export async function release(step: DeliverStep, confirmed: boolean): Promise<Outcome> {
  const { app, hub, hubHandler, signal } = step;
  const content = (await hub.fresh(app, signal))?.app;
  if (content === undefined) return {};
  const steps = finalizersPatch(content.uid, content.finalizers, isArgoFinalizer);
  if (steps === undefined || content.deletionTimestamp === undefined) return {};
  if (confirmed) await lookForUnknownBundle(step, content);
  // What was read, and what came meanwhile, may lead to another step.
  const decided = decideStep(step, app);
  if (decided.do !== 'release' || decided.confirmed !== confirmed) return { requeueAfterMs: 0, lane: 'delete' };
  if (!confirmed || app.end === 'unseen') tellUnconfirmed(step, content.cluster, confirmed);
  await hub.patch(app, 'finalizers', steps, signal);
  hubHandler.released(app);
  // The watch may tell of its end only later.
  forgetBlock(step, app.key);
  return {};
}

/** Nothing is left on the hub that could tell of it. */
function tellUnconfirmed({ app, deps }: DeliverStep, cluster: string, confirmed: boolean): void {
  const what = confirmed
    ? `Maestro has the bundle no more; that cluster ${cluster} removed the application was not seen`
    : `released before cluster ${cluster} confirmed that it removed the application`;
  deps.events.record(eventOf(app, 'DeletionUnconfirmed', 'Delete', what));
  deps.log.warn(what, { application: app.key });
}

/**
 * Where no end of a bundle was heard of, Maestro is asked whether there is one
 * after all: a list may have left it out, or a leader before us have published
 * it at the last moment. What is found is taken in, and leads to its deletion.
 */
async function lookForUnknownBundle(step: DeliverStep, content: HubSummary): Promise<void> {
  const { app, maestroHandler } = step;
  const { cluster } = content;
  const { clusters, bundleSettings } = step.store;
  if (app.bundles.length > 0 || app.end !== '' || cluster === '' || clusters.get(cluster)?.local === true) return;
  for (const id of possibleIds(content, bundleSettings.sourceId, cluster)) {
    const stored = await readBundle(step, id);
    if (stored !== undefined) maestroHandler.row(stored);
  }
}
