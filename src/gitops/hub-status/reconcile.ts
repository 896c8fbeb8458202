import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { mayWrite, WriteRefusedError } from '../access/may-write.ts';
import type { AppFacts } from '../index/facts.ts';
import type { HubFacts } from '../index/hub-facts.ts';
import { conditionsPatch, oneShotSteps, statusConditionsPatch, statusPatch } from '../kube/patches.ts';
import type { JsonPatchStep } from '../kube/kube-api.ts';
import { asksForFewer } from '../kube/translate-status.ts';
import { objectAt } from '../../core/json-fields.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { ownBundle } from '../policy/propagation.ts';
import { takenWithStatus, takesAny } from '../policy/one-shots.ts';
import { pacedAfterWrite } from '../policy/status-pace.ts';
import type { Outcome } from '../queue/workers.ts';
import { isDeliveryType } from '../status/delivery-condition.ts';
import { forgetReport, noteSettled, noteWritten } from './after-look.ts';
import { isCurrent, isOvertaken, lookAtLast, lookAtStatus, statusFor, type Look } from './look.ts';
import type { HubStatusParts } from './parts.ts';

const refusedAgainMs = 600_000;
/**
 * A report that was overtaken while its write waited by one that is not kept is looked for again after this long, when
 * the later one brings no look of its own.
 */
const laterReportAgainMs = 100;
/** What was looked at has changed: it is looked at anew. */
const anew: Outcome = { requeueAfterMs: 0, lane: 'change', waits: true };

/**
 * Brings the status of one application home: writes to the hub what is worth
 * it, no faster than the hub bears.
 */
export class HubStatusReconciler {
  readonly #parts: HubStatusParts;

  constructor(parts: HubStatusParts) {
    this.#parts = parts;
  }

  /** @throws MaestroError when it could not be read or written, and may be later */
  readonly reconcile = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    const app = this.#parts.store.index.get(key);
    if (app?.hub !== undefined && !this.#parts.store.clusters.isOurs(app.hub.cluster)) {
      forgetReport(this.#parts, app);
      return {};
    }
    // Nobody waits for it any more; what is kept takes the place of others.
    if (app?.hub?.selected !== true) this.#parts.store.reports.delete(key);
    // Without the label its status is somebody else's to write, but for what we left in it.
    if (app?.hub === undefined || (!app.hub.selected && !this.#parts.store.owesLeave(app))) return {};
    try {
      return await (app.hub.selected ? this.#bringHome(app, app.hub, signal) : this.#takeLeave(app, app.hub, signal));
    } catch (caught) {
      if (caught instanceof WriteRefusedError && caught.switchedOff) return anew;
      return this.#refused(app, MaestroError.from(caught));
    }
  };

  /** A failure that will be tried again is told. */
  readonly failed = (key: string, error: MaestroError): void => {
    const { metrics, log } = this.#parts.deps;
    metrics.statusDone('failed');
    log.debug('the status could not be written and will be tried again', {
      application: key,
      code: error.code,
      error: error.message,
    });
  };

  async #bringHome(app: AppFacts, hub: HubFacts, signal: AbortSignal): Promise<Outcome> {
    const first = await lookAtStatus(this.#parts, app, hub, signal);
    const nothing = this.#nothingNow(app, first);
    if (nothing !== undefined) return nothing;
    await this.#turn(app, signal);
    if (isOfBefore(app, first)) return anew;
    // The wait may have outlasted the report: what is known of the operation by now may be of a later one.
    const look = await lookAtLast(this.#parts, app, first, signal);
    if (look === undefined) return { ...anew, requeueAfterMs: laterReportAgainMs };
    return this.#nothingNow(app, look) ?? this.#write(app, look, signal);
  }

  /** When there is nothing to write now. */
  #nothingNow(app: AppFacts, look: Look): Outcome | undefined {
    const { decision } = look;
    if (decision.write === 'after') return { requeueAfterMs: decision.afterMs, lane: decision.lane, waits: true };
    if (decision.write !== 'none') return undefined;
    noteSettled(this.#parts, app, look);
    return {};
  }

  /** Waits until the hub may be written to. */
  async #turn({ hub }: AppFacts, signal: AbortSignal): Promise<void> {
    const { budget, deps, store } = this.#parts;
    await budget.take(signal);
    mayWrite(deps, store.clusters, 'written', hub?.cluster);
  }

  async #write(app: AppFacts, look: Look, signal: AbortSignal): Promise<Outcome> {
    const { hub: applications, states, deps } = this.#parts;
    const { hub, stand } = look;
    const current = isCurrent(look);
    // The hub's own is needed for conditions beside a status that stays, and where the watch tells no version that
    // could be tested.
    const isKnown = look.before !== undefined || (current && app.seenVersion > 0);
    const before = isKnown ? look.before : (await applications.fresh(app, signal))?.app;
    if (isOfBefore(app, look)) return anew;
    const status = statusFor(this.#parts, look, before);
    const takes = takenWithStatus(stand);
    const answersHub = current && takesAny(takes);
    const startMs = deps.clock.monotonicMs();
    const state = states.edit(app.key);
    state.pacedMs = pacedAfterWrite(state.pacedMs, startMs, answersHub);
    const version = before?.resourceVersion ?? String(app.seenVersion);
    const steps = [
      ...stepsFor(hub.uid, version, status, current ? undefined : before),
      ...(current ? oneShotSteps(takes) : []),
    ];
    try {
      const answer = await applications.write(app, steps, signal);
      deps.metrics.hubWrite(current ? 'status' : 'condition', 'done', deps.clock.monotonicMs() - startMs);
      noteWritten(this.#parts, app, look, { status, answer, startMs });
      // What the hub has no more is known before the watch tells.
      if (answersHub) applications.taken(app, answer);
      // A report that came while this was written was held against what the hub showed before it.
      return isOvertaken(look) ? { requeueAfterMs: 0, lane: 'change' } : {};
    } catch (caught) {
      return this.#notWritten(app, hub, { error: MaestroError.from(caught), current, startMs }, signal);
    }
  }

  async #notWritten(
    app: AppFacts,
    { uid }: HubFacts,
    { error, current, startMs }: { readonly error: MaestroError; readonly current: boolean; readonly startMs: number },
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (error instanceof WriteRefusedError) throw error;
    const { deps, budget, hub } = this.#parts;
    const what = current ? 'status' : 'condition';
    if (asksForFewer(error)) {
      deps.metrics.hubThrottled();
      budget.throttled(error.retryAfterMs);
    }
    const tookMs = deps.clock.monotonicMs() - startMs;
    if (error.code !== 'not-found' && error.code !== 'conflict') {
      deps.metrics.hubWrite(what, 'failed', tookMs);
      throw error;
    }
    // Somebody wrote the application meanwhile, or it is another one or gone: what it is now is read, and all is
    // decided anew.
    const now = await hub.fresh(app, signal);
    deps.metrics.hubWrite(what, now?.app.uid === uid ? 'conflict' : 'gone', tookMs);
    return anew;
  }

  /**
   * Takes our conditions off an application that opted out, and touches nothing else: its status is the hub's own by
   * now.
   */
  async #takeLeave(app: AppFacts, hub: HubFacts, signal: AbortSignal): Promise<Outcome> {
    const { deps, store, hub: applications } = this.#parts;
    await this.#turn(app, signal);
    const object = await applications.read(app, signal);
    if (app.hub !== hub) return { ...anew, lane: 'resync' };
    const before = object === undefined ? undefined : objectAt(object, 'status')?.['conditions'];
    const steps = conditionsPatch(hub.uid, before, (type) => !isDeliveryType(type));
    if (steps !== undefined) {
      const startMs = deps.clock.monotonicMs();
      await applications.write(app, steps, signal);
      deps.metrics.hubWrite('condition', 'done', deps.clock.monotonicMs() - startMs);
    }
    if (app.hub === hub) store.tookLeave(app);
    return {};
  }

  /** What the hub's schema refuses, it will refuse again. */
  #refused(app: AppFacts, error: MaestroError): Outcome {
    if (error.code !== 'invalid-input') throw error;
    const { metrics, log } = this.#parts.deps;
    metrics.statusDone('failed');
    const what =
      error.delivery === 'not-sent'
        ? 'the status cannot be sent to the hub'
        : 'the hub refuses the status that the cluster reports';
    log.warn(what, { application: app.key, error: error.message });
    return { requeueAfterMs: refusedAgainMs, lane: 'change', waits: true };
  }
}

/** By now the application asks for something else, or its bundle is another one or has another version. */
function isOfBefore(app: AppFacts, { hub, bundle, publishedVersion }: Look): boolean {
  return app.hub !== hub || ownBundle(app, hub) !== bundle || (bundle?.stored.version ?? 0) !== publishedVersion;
}

/**
 * @param beside what the hub has, when the conditions alone are ours: what nests too deeply was left out of what was
 *   read, and is to stay there
 */
function stepsFor(
  uid: string,
  version: string,
  status: JsonObject,
  beside: HubApplication | undefined,
): readonly JsonPatchStep[] {
  if (beside?.unreadable === undefined) return statusPatch(uid, version, status);
  return statusConditionsPatch(uid, version, beside.status !== undefined, status['conditions'] ?? []);
}
