import { WriteRefusedError } from '../access/may-write.ts';
import { isAway } from '../queue/unreached.ts';
import type { MaestroError } from '../../errors.ts';
import type { AppFacts } from '../index/facts.ts';
import type { EventNote } from '../kube/event-recorder.ts';
import type { BlockReason } from '../policy/block-reason.ts';
import { currentBundle } from '../policy/propagation.ts';
import type { Outcome } from '../queue/workers.ts';
import type { DeliverStep } from './parts.ts';

/** A blocked application is looked at again after this long, even when nothing changed. */
const blockedAgainMs = 600_000;

/** It is not delivered, for a reason that only a change can help. */
export function block(step: Omit<DeliverStep, 'signal'>, reason: BlockReason, message: string): Outcome {
  const { app, store, deps, states, tellStatus } = step;
  // That is told once, of the cluster, and kept there alone: nothing is written to the hub about its applications, and
  // what held one up before is looked at when the cluster is ours again.
  if (isLeftAlone(step)) return { waits: true };
  const before = states.get(app.key).blocked;
  const same = before?.reason === reason && before.message === message;
  states.edit(app.key).blocked = { reason, message, since: same ? before.since : store.now() };
  store.contents.delete(app.key);
  store.news.tell(`parked ${app.key}`, `${reason}: ${message}`, 'an application is not delivered', {
    application: app.key,
    cluster: app.hub?.cluster,
    reason,
    why: message,
  });
  if (!same) {
    tellStatus(app.key);
    // Another application that waits for this name on the cluster may have it now.
    if (reason !== 'SpokeNameTaken') store.listener.freed(store.index.rivals(app), 'SpokeNameTaken');
    deps.events.record(eventOf(app, reason, 'Deliver', message));
  }
  return { requeueAfterMs: blockedAgainMs, lane: 'resync' };
}

/** Its cluster is switched off for us. */
function isLeftAlone({ app, store }: Pick<DeliverStep, 'app' | 'store'>): boolean {
  return app.hub !== undefined && !store.clusters.isOurs(app.hub.cluster);
}

export function unblock({ app, store, deps, states, tellStatus }: Omit<DeliverStep, 'signal'>): void {
  const { blocked } = states.get(app.key);
  if (blocked === undefined) return;
  if (store.news.over(`parked ${app.key}`))
    deps.log.info('nothing holds an application up any more', { application: app.key, reason: blocked.reason });
  states.edit(app.key).blocked = undefined;
  tellStatus(app.key);
}

/** It leaves the hub, by itself or by our release: what held it up is over, and is not worth a word. */
export function forgetBlock({ store, states }: Pick<DeliverStep, 'store' | 'states'>, key: string): void {
  if (states.get(key).blocked === undefined) return;
  store.news.over(`parked ${key}`);
  states.edit(key).blocked = undefined;
}

/** Maestro did not take what the hub has: the application is to tell of it after a while. */
export function noteUnsent(step: DeliverStep, error: MaestroError): void {
  const { app, deps, store, states } = step;
  const { hub } = app;
  // We may not write, which says nothing of Maestro.
  if (error instanceof WriteRefusedError || deps.guard.current().blocked || !deps.stillLeader()) return;
  if (!isAway(error) || hub === undefined) return noteSent(step);
  const deleting = hub.deletionTimestamp !== '';
  if (!deleting && (!hub.selected || currentBundle(app, hub)?.stored.contentHash === hub.desiredHash))
    return noteSent(step);
  const what = deleting ? 'deletion' : 'content';
  const why = error.code === 'access-denied' ? 'Maestro refuses access' : 'Maestro cannot be reached';
  const before = states.get(app.key).unsent;
  states.edit(app.key).unsent = { what, since: before?.what === what ? before.since : store.now(), why };
}

/** What the hub has is stored, or something else is why it is not. */
export function noteSent({ app, states, tellStatus }: DeliverStep): void {
  if (states.get(app.key).unsent === undefined) return;
  states.edit(app.key).unsent = undefined;
  tellStatus(app.key);
}

/** A warning about an application, for whoever describes it. */
export function eventOf(app: AppFacts, reason: string, action: string, note: string): EventNote {
  return {
    regarding: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: app.namespace,
      name: app.name,
      uid: app.hub?.uid ?? '',
    },
    type: 'Warning',
    reason,
    action,
    note,
  };
}
