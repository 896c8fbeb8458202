import { MaestroError } from '../../errors.ts';
import { buildBundle, storedBundleOf } from '../bundle/build-bundle.ts';
import { bundleNameOf, hashedBundleName } from '../bundle/bundle-name.ts';
import { bundleProblems } from '../bundle/bundle-problems.ts';
import type { BundleDraft } from '../bundle/draft-bundle.ts';
import { readStoredBundle, withVersion } from '../bundle/stored-bundle.ts';
import { refreshAnnotation } from '../constants.ts';
import type { BundleFacts } from '../index/facts.ts';
import { setTaken } from '../index/write-facts.ts';
import { clearAnnotationPatch, clearOperationPatch } from '../kube/patches.ts';
import type { HubSummary } from '../model/hub-application.ts';
import { laneOf } from '../policy/lane.ts';
import { beginsInAnotherSecond, isAnotherSecond, oneShotPauseMs } from '../policy/one-shots.ts';
import { afterUndoing } from '../policy/overwrites.ts';
import type { Action, OneShotPlan } from '../policy/propagation.ts';
import { neverSucceeds } from '../queue/unreached.ts';
import type { Outcome } from '../queue/workers.ts';
import { block, noteSent, noteUnsent, unblock } from './blocking.ts';
import { oneShotOf } from './one-shot-fields.ts';
import { readBundle, type DeliverStep } from './parts.ts';
import { isBarred } from './state.ts';

type PublishAction = Extract<Action, { readonly do: 'publish' }>;
type ClearAction = Extract<Action, { readonly do: 'clear-one-shot' }>;

/** A hub application that was read too early is read again after this long. */
const olderAgainMs = 100;

/** Publishes the bundle that the application calls for, over the one that there is. */
export async function publishApplication(step: DeliverStep, action: PublishAction): Promise<Outcome> {
  const { app, deps, store, states } = step;
  const { over, oneShot: plan } = action;
  const read = await contentAsDecided(step, action);
  if ('again' in read) return read.again;
  const { content, draft } = read;
  const stays = plan.operation === 'kept' || plan.operation === 'again' || plan.refresh === 'kept';
  const stored = over !== undefined && stays ? await readBundle(step, over.stored.id) : undefined;
  // A report may have come since.
  if (isTooSoon(plan, over, deps.clock.monotonicMs()))
    return { requeueAfterMs: oneShotPauseMs, lane: 'operation', waits: true };
  const oneShot = oneShotOf(plan, content, { over, stored }, store.now());
  const made = buildBundle(content, draft, store.bundleSettings, { oneShot, name: nameOf(step, over) });
  const built = over === undefined ? made : { ...made, id: over.stored.id };
  const problems = bundleProblems(built, content);
  if (problems.length > 0) return block(step, 'Invalid', problems.join('; '));
  const { id } = built;
  const target = { id, consumer: content.cluster, source: store.bundleSettings.sourceId };
  // What is known of the bundle may change before the answer comes.
  const version = (over?.stored.version ?? 0) + 1;
  const overwritten = over?.stored.stampedHash !== undefined;
  const work = withVersion(built.work, version);
  // From here on nobody else may have its name on the cluster.
  if (isBarred(states.get(app.key))) unblock(step);
  setTaken(app, {
    ...(plan.operation === 'new' ? { operation: false } : {}),
    ...(plan.refresh === 'new' ? { refresh: false } : {}),
  });
  try {
    await step.publisher.publish(
      app.key,
      over === undefined ? { kind: 'create', target, work } : { kind: 'update', target, work, version: version - 1 },
      step.signal,
    );
  } catch (caught) {
    const error = MaestroError.from(caught);
    noteUnsent(step, error);
    return publishFailed(step, id, error);
  }
  noteSent(step);
  store.listener.published();
  if (overwritten) noteUndone(step, id, version);
  step.maestroHandler.published(
    app.key,
    storedBundleOf(built, content, store.bundleSettings.hubId, version),
    oneShot.operation,
  );
  const where = { application: app.key, cluster: content.cluster };
  deps.log.debug('published', { ...where, bundle: id, version });
  store.contents.delete(app.key);
  if (plan.operation === 'again')
    deps.log.info('the cluster ran another operation in the place of this one, which is sent once more', where);
  // What is left of an earlier cluster goes now that the new one has it.
  return app.bundles.length > 1 ? { requeueAfterMs: 0, lane: 'change' } : {};
}

/** Takes off the hub what the cluster has taken up or done, and no write of status took off. */
export async function clearOneShot(step: DeliverStep, action: ClearAction): Promise<Outcome> {
  const { app, hub, signal } = step;
  const read = await contentAsDecided(step, action);
  if ('again' in read) return read.again;
  const { uid, operation, refresh } = read.content;
  if (action.operation && operation !== undefined) {
    await hub.patch(app, 'operation', clearOperationPatch(uid, operation), signal);
    setTaken(app, { operation: true });
  }
  if (action.refresh && refresh !== undefined) {
    await hub.patch(app, 'refresh', clearAnnotationPatch(uid, refreshAnnotation, refresh), signal);
    setTaken(app, { refresh: true });
  }
  step.store.contents.delete(app.key);
  return {};
}

/**
 * What to build from: as the watch brought it, or read again. Nothing when
 * reading it again showed another application than the decision was made for:
 * of another cluster, being deleted, with another operation. Then all is
 * decided anew. The same when what was read is older than what the watch
 * brought meanwhile, such as a write of the status.
 */
async function contentAsDecided(
  { app, store, hub, signal }: DeliverStep,
  action: PublishAction | ClearAction,
): Promise<{ readonly content: HubSummary; readonly draft: BundleDraft } | { readonly again: Outcome }> {
  const decidedFor = app.hub;
  const kept = store.contents.get(app.key);
  // The AppProject that goes along may have changed since.
  const read =
    kept !== undefined && kept.draft?.project === store.projectFor(kept.app) ? kept : await hub.fresh(app, signal);
  const lane = laneOf(action);
  if (app.hub !== decidedFor) return { again: { requeueAfterMs: 0, lane, waits: true } };
  if (read?.draft !== undefined) return { content: read.app, draft: read.draft };
  return { again: { requeueAfterMs: olderAgainMs, lane, waits: true } };
}

/** It could not be told from the one before: times on the cluster have whole seconds. */
function isTooSoon(plan: OneShotPlan, over: BundleFacts | undefined, monotonicMs: number): boolean {
  return (
    (plan.refresh === 'new' && !isAnotherSecond(over, monotonicMs)) ||
    (plan.operation === 'new' && !beginsInAnotherSecond(over, monotonicMs))
  );
}

function nameOf({ app, store }: DeliverStep, over: BundleFacts | undefined): string {
  if (over !== undefined) return over.stored.name;
  const { namespace, name } = app;
  return store.index.sharesPlainName(app) ? hashedBundleName(namespace, name) : bundleNameOf(namespace, name);
}

/** What another client made of the bundle is published over. */
function noteUndone({ app, deps, store, states }: DeliverStep, bundle: string, version: number): void {
  const state = states.edit(app.key);
  state.overwrites = afterUndoing(state.overwrites, deps.clock.monotonicMs(), store.now());
  store.news.tell(
    `overwritten ${app.key}`,
    String(version),
    'another client of Maestro had changed the work, which is published again',
    { application: app.key, bundle, version, times: state.overwrites.count },
  );
}

/** An answer that is not yes. Maestro's answer decides what is true now, so it is read before the next try. */
async function publishFailed(step: DeliverStep, id: string, error: MaestroError): Promise<Outcome> {
  const { app, maestroHandler, missingConsumers } = step;
  if (error.reason === 'ConsumerNotFound') {
    const cluster = app.hub?.cluster ?? '';
    missingConsumers.add(cluster);
    return block(step, 'ConsumerMissing', `Maestro has no consumer ${cluster}`);
  }
  if (neverSucceeds(error) || (error.code !== 'conflict' && error.delivery !== 'unknown')) throw error;
  const stored = await readBundle(step, id);
  if (stored === undefined) maestroHandler.absent(id);
  else {
    const facts = readStoredBundle({ ...stored, consumer: stored.consumerName });
    if (facts.managedBy === 'foreign' || `${facts.hubNamespace}/${facts.hubName}` !== app.key) {
      const whose = `bundle ${id} of cluster ${stored.consumerName} was not written for this application`;
      return block(step, 'ForeignBundle', whose);
    }
    maestroHandler.believed(stored);
  }
  throw error;
}
