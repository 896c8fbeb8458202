import type { StatusEvent } from '../../clients/index.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';
import { isLaterReport } from '../../core/works/report-order.ts';
import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { noConditions, type AppRecord, type BundleRecord, type HubFacts } from '../index/records.ts';
import { sharingWritten } from '../index/shared-texts.ts';
import { conditionsPatch, oneShotSteps, statusConditionsPatch, statusPatch } from '../kube/patches.ts';
import { asksForFewer } from '../kube/translate-status.ts';
import type { HubWriteBudget } from '../kube/write-budget.ts';
import { objectAt, textAt } from '../model/fields.ts';
import type { HubApplication } from '../model/hub-application.ts';
import {
  awaitsStart,
  oneShotStand,
  refreshDoubtLimitMs,
  takenWithStatus,
  takesAny,
  type OneShotStand,
} from '../policy/one-shots.ts';
import { currentBundle } from '../policy/propagation.ts';
import { pacedAfterWrite, statusPaceMs } from '../policy/status-pace.ts';
import { decideStatusWrite, writtenStatusOf, type StatusDecision } from '../status/decide.ts';
import { isDeliveryType, type DeliveryCondition } from '../status/delivery-condition.ts';
import { fingerprintOf, type Fingerprint } from '../status/fingerprint.ts';
import { hubStatusOf } from '../status/hub-status.ts';
import { readReport, reportIsCurrent, type AppReport } from '../status/report.ts';
import type { StatusTrim } from '../status/trim-status.ts';
import { BatchedReads } from '../access/batched-reads.ts';
import { HubSide, type HubSeen } from '../access/hub-applications.ts';
import { deliveryOf, tellDelivery } from './delivery-of.ts';
import { mayWrite } from '../access/may-write.ts';
import { rememberReport } from '../index/remember-report.ts';
import { Silence } from './cluster-liveness.ts';
import { applications, type ControllerState } from '../store/store.ts';
import { isAway, retryDelayMs, Unreached } from '../queue/unreached.ts';

const refusedAgainMs = 600_000;
/**
 * A report that was overtaken while its write waited is looked for again after this long, when the later one brings no
 * look of its own.
 */
const laterReportAgainMs = 100;

/** What a look at the status of an application found. */
interface Look {
  readonly hub: HubFacts;
  readonly bundle: BundleRecord | undefined;
  readonly report: AppReport | undefined;
  readonly publishedVersion: number;
  readonly delivery: readonly DeliveryCondition[];
  /** How the operation and the refresh on the hub stand, which may be taken off with the status. */
  readonly stand: OneShotStand;
  /** The hub application as it was read for this look, when it was. */
  readonly before?: HubApplication | undefined;
  readonly decision: StatusDecision;
}

/**
 * Brings reports home: takes each one in at once, keeps of it what decisions
 * need, and writes to the hub what is worth it, no faster than the hub bears.
 * Which application a report is for follows from our index alone.
 */
export class Aggregator {
  readonly #state: ControllerState;
  readonly #budget: HubWriteBudget;
  readonly #signal: AbortSignal;
  readonly #trim: StatusTrim;
  readonly #blocked = new Set<string>();
  readonly #unreached = new Unreached();
  readonly #reads: BatchedReads;
  readonly #hub: HubSide;
  readonly silence: Silence;

  constructor(state: ControllerState, budget: HubWriteBudget, hubSeen: HubSeen, signal: AbortSignal) {
    this.#state = state;
    this.#budget = budget;
    this.#signal = signal;
    this.#trim = { mode: state.deps.settings.statusMode };
    this.#reads = new BatchedReads(
      state.deps.maestro.reader,
      () => state.call(signal),
      ({ id, error }) => void state.setAside.add('bundle', id, error.message),
    );
    this.#hub = new HubSide(state, hubSeen, signal);
    this.silence = new Silence(state);
  }

  /**
   * Takes an event of the stream in. An agent's word: it is believed for its own cluster, and about nothing but status.
   */
  reported(event: StatusEvent): 'taken' | 'unknown' | 'forged' | 'newer' {
    const { index, deps } = this.#state;
    deps.metrics.statusReceived();
    const found = index.byBundle(event.id);
    if (found === undefined) {
      deps.metrics.statusDone('unknown');
      return 'unknown';
    }
    const { app, bundle } = found;
    if (bundle.stored.consumer !== event.consumer) {
      deps.metrics.forgedReport();
      this.#state.news.tell(
        `report of ${event.id}`,
        event.consumer,
        'a report of another cluster than that of its bundle was refused',
        { application: app.key, cluster: bundle.stored.consumer, bundle: event.id, from: event.consumer },
        'warn',
      );
      return 'forged';
    }
    this.silence.heard(event.consumer);
    this.take(app, bundle, event.status);
    return event.version > bundle.stored.version ? 'newer' : 'taken';
  }

  /**
   * Takes a status in, from wherever it came. Late ones change nothing, nor do repeated ones.
   *
   * @param again judges one that was seen already once more, because more is known of the bundle now
   */
  take(app: AppRecord, bundle: BundleRecord, status: WorkStatus | undefined, again = false): void {
    const { metrics, clock } = this.#state.deps;
    if (status === undefined) return;
    const isSame = status.observedVersion === bundle.observedVersion && status.sequenceId === bundle.sequenceId;
    if (!(again && isSame) && !isLaterReport(status, bundle.sequenceId === '' ? undefined : bundle))
      return metrics.statusDone('stale');
    const { spokeNamespace: namespace, spokeName: name } = bundle.stored;
    const report = readReport(status, { namespace, name });
    if (report === undefined) return;
    for (let count = 0; count < report.mismatch; count += 1) metrics.forgedReport();
    this.#setAside(app, bundle, report);
    if (report.mismatch > 0) {
      const fields = {
        application: app.key,
        cluster: bundle.stored.consumer,
        bundle: bundle.stored.id,
        reported: report.strangers,
      };
      this.#state.news.tell(
        `strangers ${bundle.stored.id}`,
        report.strangers,
        'a cluster reports for an Application that is not in this bundle, which is ignored',
        fields,
        'warn',
      );
    }
    rememberReport(app, bundle, report, {
      trim: this.#trim,
      times: this.#state.times,
      monotonicMs: clock.monotonicMs(),
    });
    // What was there at the start is of any age.
    if (app.statusDueSinceMs === 0 && this.#state.synced) app.statusDueSinceMs = clock.monotonicMs();
    this.#judge(app, bundle, status, report);
  }

  /** Looks at the status of an application again; for what other parts of the controllers changed. */
  consider(app: AppRecord): void {
    if (this.#mayDiffer(app) || this.owesLeave(app)) this.#state.statusQueue.put(app.key, 'resync');
  }

  /** It is not ours any more, and still shows what we told of its delivery. */
  owesLeave({ hub, written }: AppRecord): boolean {
    return (
      hub?.selected === false &&
      hub.deletionTimestamp === '' &&
      (written?.delivery ?? '') !== '' &&
      this.#state.deps.settings.controllers.aggregation
    );
  }

  unblock(): void {
    for (const key of this.#blocked) this.#state.statusQueue.put(key, 'change');
    this.#blocked.clear();
  }

  /** The hub, or Maestro, answers again: what failed because it was away is looked at once more. */
  reachable(): void {
    for (const key of this.#unreached.wake(() => this.#state.deps.clock.monotonicMs()))
      this.#state.statusQueue.put(key, 'change');
  }

  /** Writes the status of one application if it is to be written; never throws. */
  async write(key: string): Promise<void> {
    const { deps, index, statusQueue } = this.#state;
    const app = index.get(key);
    // Without the label its status is somebody else's to write, but for what we left in it.
    if (app?.hub === undefined || (!app.hub.selected && !this.owesLeave(app))) return;
    if (deps.guard.current().blocked) {
      this.#blocked.add(key);
      return;
    }
    try {
      if (!app.hub.selected) return await this.#takeLeave(app, app.hub);
      const look = await this.#besideHub(app, await this.#look(app, app.hub));
      const { decision } = look;
      if (decision.write === 'after') return statusQueue.putAfter(key, decision.lane, decision.afterMs);
      if (decision.write === 'none') return this.#settled(app);
      await this.#turn();
      // The wait may have outlasted the version that the look was at.
      if (app.hub !== look.hub || (look.bundle?.stored.version ?? 0) !== look.publishedVersion)
        return statusQueue.put(key, 'change');
      // Or the report: what is known of the operation by now may be of a later one.
      if (look.report !== undefined && look.bundle !== undefined && isLaterReport(look.bundle, look.report))
        return statusQueue.putAfter(key, 'change', laterReportAgainMs);
      await this.#writeNow(app, look);
    } catch (caught) {
      this.#failed(app, MaestroError.from(caught));
    }
  }

  /** Waits until the hub may be written to. */
  async #turn(): Promise<void> {
    await this.#budget.take(this.#signal);
    mayWrite(this.#state.deps, 'written');
  }

  /**
   * Takes our conditions off an application that opted out, and touches nothing else: its status is the hub's own by
   * now.
   */
  async #takeLeave(app: AppRecord, hub: HubFacts): Promise<void> {
    const { kube, metrics, clock } = this.#state.deps;
    await this.#turn();
    const ref = { namespace: app.namespace, name: app.name };
    const object = await this.#state.ofHub(kube.get(applications, ref, this.#state.call(this.#signal)));
    if (app.hub !== hub) return this.#state.statusQueue.put(app.key, 'resync');
    const steps =
      object === undefined
        ? undefined
        : conditionsPatch(hub.uid, objectAt(object, 'status')?.['conditions'], (type) => !isDeliveryType(type));
    if (steps !== undefined) {
      const startMs = clock.monotonicMs();
      await this.#state.ofHub(kube.jsonPatch(applications, ref, steps, this.#state.call(this.#signal)));
      metrics.hubWrite('condition', 'done', clock.monotonicMs() - startMs);
    }
    if (app.hub !== hub) return;
    app.written = undefined;
    app.delivery = noConditions;
    if (app.bundles.length === 0) this.#state.index.setHub(app, undefined);
  }

  /** A status in it that is none is set aside, also when the rest of the report can be read. */
  #setAside(app: AppRecord, { stored }: BundleRecord, { unreadable }: AppReport): void {
    const { setAside, statusQueue } = this.#state;
    if (unreadable !== undefined)
      setAside.add('status', stored.id, unreadable, { application: app.key, consumer: stored.consumer });
    else if (setAside.taken('status', stored.id)) statusQueue.put(app.key, 'change');
  }

  /** What a new report calls for: a step of propagation, a write, a later look, or nothing. */
  #judge(app: AppRecord, bundle: BundleRecord, status: WorkStatus, report: AppReport): void {
    const { queue, reports, statusQueue, deps, synced } = this.#state;
    const applied = bundle.dropped !== undefined && bundle.appliedVersion >= bundle.dropped.version;
    if (applied) bundle.dropped = undefined;
    const leaves =
      app.collecting || app.hub === undefined || app.hub.deletionTimestamp !== '' || !belongs(app.hub, bundle);
    // An operation on the hub may wait for the end of another sync.
    const operationWaits = (app.hub?.operation ?? '') !== '' && !bundle.operationRuns;
    const waits =
      applied ||
      leaves ||
      bundle.operationFinished ||
      bundle.refreshFinishedMs !== undefined ||
      operationWaits ||
      bundle.displacedSinceMs !== undefined ||
      app.bundles.length > 1;
    if (waits && synced) queue.put(app.key, 'change');
    if (bundle.refreshDoubtMs !== undefined) statusQueue.putAfter(app.key, 'change', refreshDoubtLimitMs);
    if (!synced) return;
    if (app.hub?.selected !== true || !belongs(app.hub, bundle)) {
      app.statusDueSinceMs = 0;
      return;
    }
    const { decision } = this.#decide(app, app.hub, bundle, report, bundle.reported);
    if (decision.write === 'none') {
      deps.metrics.statusDone(reportIsCurrent(report, bundle.stored.version) ? 'suppressed' : 'stale');
      return this.#settled(app);
    }
    reports.put(app.key, status);
    if (decision.write === 'now') statusQueue.put(app.key, 'change');
    else statusQueue.putAfter(app.key, decision.lane, decision.afterMs);
  }

  #decide(
    app: AppRecord,
    hub: HubFacts,
    bundle: BundleRecord | undefined,
    report: AppReport | undefined,
    fingerprint?: Fingerprint,
  ): Look {
    const { clock, settings } = this.#state.deps;
    const publishedVersion = bundle?.stored.version ?? 0;
    const delivery = deliveryOf(this.#state, this.silence, app, hub, { bundle, report });
    const monotonicMs = clock.monotonicMs();
    const stand = oneShotStand(app, hub, bundle, monotonicMs);
    const decision = decideStatusWrite({
      report,
      publishedVersion,
      delivery,
      written: app.written,
      noise: settings.noise,
      sinceLastWriteMs: monotonicMs - app.statusWrittenMs,
      paceMs: statusPaceMs(app.statusPacedMs, monotonicMs),
      held: app.statusHeld,
      takes: takesAny(takenWithStatus(stand)),
      trim: this.#trim,
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
    if (decision.write === 'after' && decision.lane === 'change') app.statusHeld = true;
    return { hub, bundle, report, publishedVersion, delivery, stand, decision };
  }

  async #look(app: AppRecord, hub: HubFacts): Promise<Look> {
    const { reports } = this.#state;
    const bundle = currentBundle(app, hub);
    if (bundle === undefined || !belongs(hub, bundle)) return this.#decide(app, hub, undefined, undefined);
    const kept = reports.get(app.key);
    const status = kept ?? (await this.#lastStatus(app, bundle));
    const { spokeNamespace: namespace, spokeName: name } = bundle.stored;
    return this.#decide(app, hub, bundle, readReport(status, { namespace, name }));
  }

  /**
   * While an operation waits on the hub, the state of an earlier one is no reason to write: what would be written is
   * held against what the hub has.
   */
  async #besideHub(app: AppRecord, look: Look): Promise<Look> {
    const { report, publishedVersion, delivery, stand, decision } = look;
    const current = report?.status !== undefined && reportIsCurrent(report, publishedVersion);
    if (!current || !awaitsStart(stand) || decision.write === 'none') return look;
    const before = (await this.#hub.fresh(app))?.app;
    // It is decided anew.
    if (before === undefined || app.hub !== look.hub) return look;
    const status = hubStatusOf({
      report,
      publishedVersion,
      hub: before.status,
      delivery,
      trim: this.#trim,
      awaitsStart: true,
    });
    return { ...this.#decide(app, look.hub, look.bundle, report, fingerprintOf(status)), before };
  }

  /**
   * While Maestro is away, that what the hub has waits can be told without the report, when that said nothing of
   * trouble.
   */
  async #lastStatus(app: AppRecord, bundle: BundleRecord): Promise<WorkStatus | undefined> {
    try {
      return (await this.#reads.get(bundle.stored.id))?.status;
    } catch (caught) {
      if (isAway(MaestroError.from(caught)) && app.unsent !== undefined && !bundle.troubled) return undefined;
      throw caught;
    }
  }

  async #writeNow(
    app: AppRecord,
    { hub, report, publishedVersion, delivery, stand, before: read }: Look,
  ): Promise<void> {
    const { kube, clock, metrics } = this.#state.deps;
    const ref = { namespace: app.namespace, name: app.name };
    const current = report?.status !== undefined && reportIsCurrent(report, publishedVersion);
    // The hub's own is needed for conditions beside a status that stays, and where the watch tells no version that
    // could be tested.
    const before = read ?? (current && app.seenVersion > 0 ? undefined : (await this.#hub.fresh(app))?.app);
    if (app.hub !== hub) return this.#state.statusQueue.put(app.key, 'change');
    const status = hubStatusOf({
      report,
      publishedVersion,
      hub: before?.status,
      delivery,
      trim: this.#trim,
      awaitsStart: awaitsStart(stand),
    });
    const takes = takenWithStatus(stand);
    const startMs = clock.monotonicMs();
    const what = current ? 'status' : 'condition';
    app.statusPacedMs = pacedAfterWrite(app.statusPacedMs, startMs, current && takesAny(takes));
    const version = before?.resourceVersion ?? String(app.seenVersion);
    // What nests too deeply was left out of what was read, and is to stay on the hub.
    const beside = !current && before?.unreadable !== undefined;
    const ofStatus = !beside
      ? statusPatch(hub.uid, version, status)
      : statusConditionsPatch(hub.uid, version, before.status !== undefined, status['conditions'] ?? []);
    const steps = [...ofStatus, ...(current ? oneShotSteps(takes) : [])];
    try {
      const written = await this.#state.ofHub(kube.jsonPatch(applications, ref, steps, this.#state.call(this.#signal)));
      metrics.hubWrite(what, 'done', clock.monotonicMs() - startMs);
      this.#written(app, status, delivery, written);
      // What the hub has no more is known before the watch tells.
      if (current && takesAny(takes)) this.#hub.taken(app, written);
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (asksForFewer(error)) this.#throttled(error);
      const tookMs = clock.monotonicMs() - startMs;
      if (error.code !== 'not-found' && error.code !== 'conflict') {
        metrics.hubWrite(what, 'failed', tookMs);
        throw error;
      }
      // Somebody wrote the application meanwhile, or it is another one or gone: what it is now is read, and all is
      // decided anew.
      this.#state.statusQueue.put(app.key, 'change');
      const now = await this.#hub.fresh(app);
      metrics.hubWrite(what, now?.app.uid === hub.uid ? 'conflict' : 'gone', tookMs);
    }
  }

  #written(app: AppRecord, status: JsonObject, delivery: readonly DeliveryCondition[], answer: JsonObject): void {
    const { clock, metrics, log } = this.#state.deps;
    app.statusWrittenMs = clock.monotonicMs();
    app.statusHeld = false;
    tellDelivery(this.#state.news, log, app, delivery);
    const version = Number(textAt(objectAt(answer, 'metadata'), 'resourceVersion'));
    app.ownVersion = Number.isSafeInteger(version) ? version : 0;
    // The watch may have told of a later write by somebody else already; what that left is what the hub shows.
    if (!(version < app.seenVersion)) {
      // What it was written over had been seen, and so has all that it holds.
      if (app.ownVersion > 0) app.seenVersion = app.ownVersion;
      app.written = sharingWritten(writtenStatusOf(status), app.bundles[0]?.reported, this.#state.times);
      app.delivery = delivery.length === 0 ? noConditions : delivery;
    }
    metrics.statusDone('written');
    log.debug('status written', { application: app.key, conditions: delivery.length });
    if (app.statusDueSinceMs > 0) metrics.statusLag(clock.monotonicMs() - app.statusDueSinceMs);
    app.statusFailures = 0;
    this.#unreached.delete(app.key);
    this.#settled(app);
  }

  #settled(app: AppRecord): void {
    app.statusDueSinceMs = 0;
    this.#state.reports.delete(app.key);
  }

  #throttled(error: MaestroError): void {
    this.#state.deps.metrics.hubThrottled();
    this.#budget.throttled(error.retryAfterMs);
  }

  #failed(app: AppRecord, error: MaestroError): void {
    if (this.#signal.aborted) return;
    const { random, metrics, log } = this.#state.deps;
    metrics.statusDone('failed');
    // What the hub's schema refuses, it will refuse again.
    const refused = error.code === 'invalid-input';
    if (isAway(error)) this.#unreached.add(app.key);
    const delayMs = refused ? refusedAgainMs : retryDelayMs(app.statusFailures, error, random);
    app.statusFailures += 1;
    const what =
      error.delivery === 'not-sent'
        ? 'the status cannot be sent to the hub'
        : 'the hub refuses the status that the cluster reports';
    if (refused) log.warn(what, { application: app.key, error: error.message });
    else
      log.debug('the status could not be written and will be tried again', {
        application: app.key,
        code: error.code,
        error: error.message,
      });
    this.#state.statusQueue.putAfter(app.key, 'change', delayMs);
  }

  /** Cheap, for whole passes: could a look at this application lead to a write? */
  #mayDiffer(app: AppRecord): boolean {
    const { hub, written } = app;
    if (hub === undefined || !hub.selected) return false;
    const bundle = currentBundle(app, hub);
    if (
      app.parked !== undefined ||
      app.unsent !== undefined ||
      (written?.delivery ?? '') !== '' ||
      app.due !== this.silence.due(app)
    )
      return true;
    if (bundle === undefined || !belongs(hub, bundle)) return false;
    if (
      bundle.troubled ||
      takesAny(takenWithStatus(oneShotStand(app, hub, bundle, this.#state.deps.clock.monotonicMs())))
    )
      return true;
    const { reported } = bundle;
    if (reported === undefined) return false;
    return (
      reported.transition !== written?.transition ||
      reported.detail !== written.detail ||
      (reported.finishedAt !== '' && written.reconciledAt < reported.finishedAt)
    );
  }
}

/** The bundle was made for this very application, not for an earlier one of its name. */
function belongs(hub: HubFacts, { stored }: BundleRecord): boolean {
  return (
    stored.consumer === hub.cluster &&
    stored.managedBy !== 'foreign' &&
    (stored.hubUid === '' || stored.hubUid === hub.uid)
  );
}
