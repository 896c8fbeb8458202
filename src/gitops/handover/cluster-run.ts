import { withoutAges } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { formatDuration } from '../../core/duration.ts';
import { listed } from '../../core/text.ts';
import { pause, remainingMs } from '../../operations/budget.ts';
import { pollDelayMs } from '../../operations/wait/poll-schedule.ts';
import { towardsOf } from './advance.ts';
import { ApplicationRun, type Next } from './application-run.ts';
import { releaseCluster, switchOffClusters } from './cluster-switch.ts';
import { readingsOf, type ClusterFacts } from './facts.ts';
import type { PlannedApplication, PlannedCluster } from './plan.ts';
import { buildProbe, mostQuestions, probeSource, readProbe } from './probe-bundle.ts';
import { readFacts, readHubFacts } from './read-facts.ts';
import type { ApplicationResult, ClusterResult, StepName } from './events.ts';
import type { ClusterRunParts } from './parts.ts';
import { isForLater } from './send.ts';
import type { Request } from './writes.ts';

/** Applications that are read at once, of one cluster. */
const hubReads = 4;
/** What allowed a write counts for so long. */
const freshMs = 5_000;
/** Applications that get ready for a probe within this time are asked about by one. */
const lingerMs = 1_000;
/** Between two looks at a cluster, for each cluster that is under way. */
const lookEveryMs = 10;
/** Agents answer within seconds. One that has not by then may never have heard of the probe. */
const unansweredMs = 60_000;

/** An owner lets go, or goes: what allowed that must be true still. */
function isTaking(step: StepName): boolean {
  return step === 'orphan-work' || step === 'orphan-bundle' || step === 'delete-work' || step === 'delete-bundle';
}

/** How it ended for what was begun of a cluster; `left`: what was not begun, which has no result yet. */
export interface ClusterEnd extends ClusterResult {
  readonly left: readonly PlannedApplication[];
}

/** Brings the applications of one cluster to the goal, each at its own pace. */
export class ClusterRun {
  readonly #parts: ClusterRunParts;
  readonly #cluster: PlannedCluster;
  #underway: ApplicationRun[];
  readonly #results: ApplicationResult[] = [];
  readonly #probed = new Map<string, number>();
  #wantedSinceMs: number | undefined;
  #wrote = false;
  #text = '';
  #probes = 0;
  #heldBack: string | undefined;
  /** It was looked at, and might be begun with. */
  #isBegun = false;
  /** Nothing was sent for these, because no more was to be begun. */
  #left: readonly PlannedApplication[] = [];

  constructor(parts: ClusterRunParts, cluster: PlannedCluster) {
    this.#parts = parts;
    this.#cluster = cluster;
    this.#underway = cluster.applications.map((application) => new ApplicationRun(parts, cluster.name, application));
  }

  async run(): Promise<ClusterEnd> {
    try {
      for (const one of this.#underway) await one.begin();
      await this.#rounds();
      if (this.#underway.length > 0) this.#endAll();
      else if (!this.#parts.options.dryRun && this.#left.length === 0) await this.#finish();
    } catch (caught) {
      const { budget } = this.#parts;
      if (budget.signal.aborted && !this.#isBegun) {
        this.#leaveOut();
        return this.#result();
      }
      const error = budget.signal.aborted ? MaestroError.fromAbort(budget.signal) : MaestroError.from(caught);
      // The last call is given what is left of the time, so that it fails is no news of the server.
      const isUp = ['timeout', 'unavailable'].includes(error.code) && remainingMs(budget) <= 0;
      const ended = isUp ? this.#timedOut() : error;
      this.#endAll(ended);
      return this.#result(ended);
    }
    return this.#result();
  }

  async #rounds(): Promise<void> {
    const { budget, options } = this.#parts;
    let quietSinceMs = budget.clock.monotonicMs();
    for (let first = true; this.#underway.length > 0; first = false) {
      const facts = await this.#read();
      const readAtMs = budget.clock.monotonicMs();
      await this.#readHub();
      const nexts = this.#look(facts);
      if (options.dryRun) return;
      const sends = nexts.some(({ next }) => next.kind !== 'wait');
      // What was sent by this run is brought to its end.
      if (sends && !this.#wrote && !this.#parts.mayBegin()) return this.#leaveOut();
      this.#isBegun = true;
      if (first && nexts.length > 0) await this.#switchOff();
      await this.#parts.stillAllowed();
      const wrote = await this.#write(nexts, facts, readAtMs + freshMs);
      const nowMs = budget.clock.monotonicMs();
      if (wrote) quietSinceMs = nowMs;
      else if (this.#underway.length > 0) {
        if (remainingMs(budget) <= 0) return;
        const leastMs = this.#parts.underway() * lookEveryMs;
        await pause(budget, Math.max(leastMs, pollDelayMs(nowMs - quietSinceMs, budget.random)));
      }
    }
  }

  /** Everything that has ended is taken out; what is left has something before it. */
  #look(facts: ClusterFacts): readonly { readonly one: ApplicationRun; readonly next: Next }[] {
    const readings = readingsOf(facts.probes);
    const nexts = this.#underway.map((one) => ({ one, next: one.look(facts, readings) }));
    const left = nexts.filter(({ one }) => one.result === undefined);
    for (const { result } of this.#underway) if (result !== undefined) this.#end(result);
    this.#underway = left.map(({ one }) => one);
    const texts = new Set(left.flatMap(({ next }) => ('text' in next && next.text !== '' ? [next.text] : [])));
    this.#tellWaiting([...texts]);
    return left;
  }

  async #write(
    nexts: readonly { readonly one: ApplicationRun; readonly next: Next }[],
    facts: ClusterFacts,
    freshUntilMs: number,
  ): Promise<boolean> {
    const writes = nexts.flatMap(({ one, next }) => (next.kind === 'write' ? [{ one, ...next }] : []));
    const sent = await Promise.all(
      writes.map(async ({ one, step, request }) => {
        // The others are pinned to what was read, or take nothing from anybody.
        const result = await this.#send(request, isTaking(step) ? freshUntilMs : Number.POSITIVE_INFINITY);
        if (result === 'late') return false;
        if (result === 'sent') {
          one.wrote(request);
          this.#parts.tell({ kind: 'step', cluster: this.#cluster.name, application: one.application.key, step });
        } else one.stumbled(result);
        return result === 'sent';
      }),
    );
    const probed = writes.length === 0 && (await this.#probe(nexts, facts, freshUntilMs));
    if (writes.length === 0)
      await this.#clearProbes(facts, (signature) => nexts.every(({ one }) => one.signature !== signature));
    this.#wrote ||= sent.includes(true);
    return sent.includes(true) || probed;
  }

  /** @returns what came of it, an error too */
  async #send(request: Request, freshUntilMs: number): Promise<MaestroError | 'sent' | 'late'> {
    try {
      return await this.#parts.sender.send(request, freshUntilMs);
    } catch (caught) {
      if (this.#parts.budget.signal.aborted) throw caught;
      const error = MaestroError.from(caught);
      this.#wrote ||= error.delivery === 'unknown';
      return error;
    }
  }

  /** Makes one probe for all that want one, as soon as no other is about to want one too. */
  async #probe(
    nexts: readonly { readonly one: ApplicationRun; readonly next: Next }[],
    facts: ClusterFacts,
    freshUntilMs: number,
  ): Promise<boolean> {
    const { plan, budget } = this.#parts;
    const nowMs = budget.clock.monotonicMs();
    const wanting = nexts.flatMap(({ one, next }) =>
      next.kind === 'probe' ||
      (next.kind === 'wait' && next.why === 'probe' && this.#isUnanswered(one.signature, nowMs))
        ? [{ application: one.application, signature: one.signature }]
        : [],
    );
    if (wanting.length === 0) {
      this.#wantedSinceMs = undefined;
      return false;
    }
    this.#wantedSinceMs ??= nowMs;
    const othersComing = nexts.some(({ next }) => next.kind === 'wait' && next.why !== 'probe' && next.why !== 'owner');
    if (othersComing && nowMs - this.#wantedSinceMs < lingerMs) return false;
    this.#wantedSinceMs = undefined;
    await this.#clearProbes(facts, (signature) => wanting.some((one) => one.signature === signature));
    for (let start = 0; start < wanting.length; start += mostQuestions) {
      const some = wanting.slice(start, start + mostQuestions);
      const { id, source, work } = buildProbe(plan, this.#cluster.name, some, this.#tail());
      const target = { id, consumer: this.#cluster.name, source };
      const request: Request = { on: 'maestro', request: { kind: 'create', target, work }, version: 0 };
      const result = await this.#send(request, freshUntilMs);
      if (result instanceof MaestroError && !isForLater(result)) throw result;
      if (result === 'sent') this.#tellStep('make-probe');
      for (const { signature } of some) this.#probed.set(signature, nowMs);
    }
    return true;
  }

  /** Answers to another probe must never be taken for its own, so no two have one name. */
  #tail(): string {
    const { clock, random } = this.#parts.budget;
    this.#probes += 1;
    const chance = Math.floor(random() * 36 ** 6).toString(36);
    return `${clock.wallMs().toString(36)}${this.#probes.toString(36)}${chance}`;
  }

  #isUnanswered(signature: string, nowMs: number): boolean {
    const madeMs = this.#probed.get(signature);
    // One that an earlier run made counts from the first look at it.
    if (madeMs === undefined) this.#probed.set(signature, nowMs);
    return madeMs !== undefined && nowMs - madeMs >= unansweredMs;
  }

  /** Takes probes of this way away that nobody needs any more; those of another way are left until the end. */
  async #clearProbes({ probes }: ClusterFacts, isSpent: (signature: string) => boolean): Promise<void> {
    const towards = towardsOf(this.#parts.options);
    const spent = probes.filter((row) => {
      const signatures = [...readProbe(row).values()].map(({ signature }) => signature);
      return (
        row.deletedAt === undefined &&
        signatures.every((signature) => signature.startsWith(`${towards} `) && isSpent(signature))
      );
    });
    await this.#deleteProbes(spent);
  }

  async #deleteProbes(probes: ClusterFacts['probes']): Promise<void> {
    const source = probeSource(this.#parts.plan);
    for (const { id, version, metadata, deletedAt } of probes) {
      if (deletedAt !== undefined) continue;
      const target = { id, consumer: this.#cluster.name, source };
      const workName = typeof metadata['name'] === 'string' ? metadata['name'] : '';
      // It deletes nothing on the cluster, so it may be as old as it likes.
      const request: Request = { on: 'maestro', request: { kind: 'delete', target, workName, version }, version };
      const result = await this.#send(request, Number.POSITIVE_INFINITY);
      if (result instanceof MaestroError && !isForLater(result)) throw result;
      if (result === 'sent') this.#tellStep('delete-probe');
    }
  }

  /** All have ended: no probe is left, and a cluster that is Maestro's again is told so when all are through. */
  async #finish(): Promise<void> {
    const { deps, budget, options } = this.#parts;
    const facts = await this.#read();
    await this.#deleteProbes(facts.probes);
    const isThrough = this.#results.every(({ outcome }) => outcome === 'done');
    if (!isThrough || options.goal === 'run' || towardsOf(options) !== 'maestro') return;
    const left = await this.#stillClassic(facts);
    if (left.length > 0) {
      this.#heldBack = `it stays switched off for the controllers, because the classic model still delivers ${listed(left)} there`;
      deps.onNotice(`${this.#cluster.name}: ${this.#heldBack}`);
      return;
    }
    if (await this.#patiently(async () => releaseCluster(deps.kube, this.#cluster.name, budget)))
      this.#tellStep('release-cluster');
  }

  /**
   * Applications that the plan left out, and that our controllers would deliver beside the classic model if the cluster
   * were theirs. Works of applications that the hub does not have any more are nobody's concern here.
   */
  async #stillClassic({ works }: ClusterFacts): Promise<readonly string[]> {
    const { plan, deps, budget } = this.#parts;
    const left: string[] = [];
    for (const key of works.keys()) {
      const { hub } = await this.#patiently(async () => readHubFacts({ key }, plan, deps, budget));
      if (hub?.selected === true && hub.cluster === this.#cluster.name) left.push(key);
    }
    return left;
  }

  async #switchOff(): Promise<void> {
    const { deps, budget } = this.#parts;
    const switched = await this.#patiently(async () => switchOffClusters(deps.kube, [this.#cluster.name], budget));
    if (switched.length > 0) this.#tellStep('switch-cluster');
  }

  async #read(): Promise<ClusterFacts> {
    const { plan, deps, budget, reads } = this.#parts;
    return this.#patiently(async () => {
      await reads.enter(budget.signal);
      try {
        return await readFacts(this.#cluster, plan, deps, budget);
      } finally {
        reads.leave();
      }
    });
  }

  async #readHub(): Promise<void> {
    const { plan, deps, budget } = this.#parts;
    const needing = this.#underway.filter(({ needsHub }) => needsHub);
    const queue = needing.values();
    const worker = async (): Promise<void> => {
      for (const one of queue)
        one.takeHub(await this.#patiently(async () => readHubFacts(one.application, plan, deps, budget)));
    };
    await Promise.all(Array.from({ length: Math.min(hubReads, needing.length) }, worker));
  }

  /** Hub or Maestro may be away for a while; nothing is decided meanwhile. */
  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    const { budget, deps } = this.#parts;
    const beganMs = budget.clock.monotonicMs();
    for (;;) {
      try {
        return await call();
      } catch (caught) {
        const error = MaestroError.from(caught);
        const isAway = error.transient || error.code === 'unavailable' || error.code === 'timeout';
        if (!isAway || budget.signal.aborted || remainingMs(budget) <= 0) throw error;
        deps.onNotice(`${error.message}; trying again`);
        await pause(budget, pollDelayMs(budget.clock.monotonicMs() - beganMs + 30_000, budget.random));
      }
    }
  }

  #tellStep(step: StepName): void {
    this.#wrote = true;
    this.#parts.tell({ kind: 'step', cluster: this.#cluster.name, step });
  }

  #tellWaiting(texts: readonly string[]): void {
    const [first = ''] = texts;
    const text = texts.length > 1 ? `${first}; and ${texts.length - 1} more` : first;
    if (withoutAges(text) === withoutAges(this.#text) || text === '') return;
    this.#text = text;
    this.#parts.tell({ kind: 'waiting', cluster: this.#cluster.name, text });
  }

  #end(result: ApplicationResult): void {
    this.#results.push(result);
    this.#parts.tell({ kind: 'application', result });
  }

  #leaveOut(): void {
    this.#left = this.#underway.map(({ application }) => application);
    this.#underway = [];
  }

  /** The time is up, a signal came, or something cannot be read: what is under way can be gone on with. */
  #endAll(error = this.#timedOut()): void {
    for (const one of this.#underway) this.#end(one.failed(error));
    this.#underway = [];
  }

  #timedOut(): MaestroError {
    return new MaestroError('timeout', `timed out after ${formatDuration(this.#parts.budget.totalMs)}`);
  }

  #result(error?: MaestroError): ClusterEnd {
    const results = this.#results;
    const left = this.#left;
    return {
      cluster: this.#cluster.name,
      applications: results,
      done: left.length === 0 && results.every(({ outcome }) => outcome === 'done'),
      wrote: this.#wrote,
      left,
      ...(this.#heldBack === undefined ? {} : { heldBack: this.#heldBack }),
      ...(error === undefined ? {} : { error }),
    };
  }
}
