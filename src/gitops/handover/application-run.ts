import { phaseOfFailure } from '../../core/outcome/outcome.ts';
import type { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { signatureOf, towardsOf, uidBefore, uidNow, type Advance, type Seen, type Write } from './advance.ts';
import { advanceToClassic } from './advance-to-classic.ts';
import { advanceToMaestro } from './advance-to-maestro.ts';
import type { ClusterRunParts } from './parts.ts';
import { sightOf, type ClusterFacts, type HubFacts, type KeptRecords } from './facts.ts';
import type { PlannedApplication } from './plan.ts';
import type { ProbeReading } from './probe-bundle.ts';
import type { ApplicationResult } from './events.ts';
import { isForLater } from './send.ts';
import { stepTexts } from './step-texts.ts';
import { requestFor, type Request } from './writes.ts';

/** What comes next for an application, with the request for a write. */
export type Next =
  | { readonly kind: 'write'; readonly step: Write['kind']; readonly request: Request }
  | Extract<Advance, { readonly kind: 'probe' | 'wait' }>
  /** It has ended, and has a result. */
  | { readonly kind: 'ended' };

/** After so many conflicts in a row somebody else is at work there. */
const mostStumbles = 5;
/** What the hub told of an application is good for so long. */
const hubFreshMs = 5_000;
const nothingRead: HubFacts = { hub: undefined, project: undefined };
/** Agents hear of a version within seconds. */
const unheardMs = 60_000;

/** One application on its way: what has to be remembered of it between two looks. */
export class ApplicationRun {
  readonly application: PlannedApplication;
  readonly #parts: ClusterRunParts;
  readonly #cluster: string;
  #hub: { readonly facts: HubFacts; readonly atMs: number } | undefined;
  #kept: KeptRecords = {};
  #classicWork: string | undefined;
  #stumbles = 0;
  #failingSinceMs: number | undefined;
  #unheard: { readonly signature: string; readonly sinceMs: number } | undefined;
  #sentAgain = false;
  /** Hub or Maestro has taken something for it, of this run or an earlier one of this plan. */
  #isUnderway = false;
  #uidBefore = '';
  #uidAfter = '';
  #text = '';
  /** Names what stood at the last look. */
  signature = '';
  result: ApplicationResult | undefined;

  constructor(parts: ClusterRunParts, cluster: string, application: PlannedApplication) {
    this.#parts = parts;
    this.#cluster = cluster;
    this.application = application;
    this.#classicWork = application.classic?.name;
  }

  /** Takes in what the backup has of it. */
  async begin(): Promise<void> {
    const { backup } = this.#parts.deps;
    const of = { cluster: this.#cluster, application: this.application.key };
    const work = await backup.find({ ...of, kind: 'ManifestWork' });
    const bundle = await backup.find({ ...of, kind: 'Bundle' });
    this.#kept = { ...(work === undefined ? {} : { work }), ...(bundle === undefined ? {} : { bundle }) };
  }

  /** The hub is to be asked for the application before the next look. */
  get needsHub(): boolean {
    return this.#hub === undefined;
  }

  takeHub(facts: HubFacts): void {
    this.#hub = { facts, atMs: this.#parts.budget.clock.monotonicMs() };
  }

  /** Decides what comes next by what was read. */
  look(facts: ClusterFacts, readings: ReadonlyMap<string, readonly ProbeReading[]>): Next {
    const { plan, options, budget } = this.#parts;
    const about = {
      plan,
      cluster: this.#cluster,
      application: this.application,
      options,
      wallMs: budget.clock.wallMs(),
    };
    const { seen, ground } = sightOf(about, facts, readings, {
      ...(this.#hub?.facts ?? nothingRead),
      kept: this.#kept,
    });
    const towards = towardsOf(options);
    this.signature = signatureOf(seen, towards);
    this.#isUnderway ||= seen.bundle.towards === towards || seen.classic.towards === towards;
    if (seen.classic.name !== '') this.#classicWork = seen.classic.name;
    const advance =
      towards === 'maestro'
        ? advanceToMaestro(seen, this.#cluster, options)
        : advanceToClassic(seen, this.#cluster, options);
    this.#noteUid(seen, advance);
    switch (advance.kind) {
      case 'write': {
        this.#failingSinceMs = undefined;
        if (options.dryRun)
          return this.#end({
            outcome: 'planned',
            reason: advance.write.kind,
            text: stepTexts[advance.write.kind].planned,
          });
        if (this.#isOutdated(advance.write)) {
          this.#hub = undefined;
          return { kind: 'wait', why: 'hub', text: '', failing: false };
        }
        return { kind: 'write', step: advance.write.kind, request: requestFor(advance.write, ground) };
      }
      case 'probe':
        if (options.dryRun)
          return this.#end({
            outcome: 'planned',
            reason: 'make-probe',
            text: `${stepTexts['make-probe'].planned}: ${advance.text}`,
          });
        return advance;
      case 'wait':
        if (options.dryRun)
          return this.#end({ outcome: 'planned', reason: advance.why, text: `it would wait: ${advance.text}` });
        return this.#again(seen, ground) ?? this.#waiting(advance);
      case 'done':
        return this.#end({ outcome: 'done', reason: advance.reason, text: `${advance.text}${this.#replaced()}` });
      case 'parked':
        return this.#end({
          outcome: 'parked',
          reason: advance.reason,
          text: advance.text,
          exitCode: ExitCode.OutcomeFailed,
        });
      case 'refused':
        return this.#end({
          outcome: 'failed',
          reason: advance.reason,
          text: advance.text,
          exitCode: ExitCode.Conflict,
        });
    }
  }

  /** What a write has kept is known from now on. */
  wrote({ keep, on }: Request): void {
    this.#isUnderway = true;
    this.#stumbles = 0;
    if (keep?.kind === 'ManifestWork') this.#kept = { ...this.#kept, work: keep };
    if (keep?.kind === 'Bundle') this.#kept = { ...this.#kept, bundle: keep };
    if (on === 'application') this.#hub = undefined;
  }

  /** A write failed: the next look tells what there is to do. Whoever is away may be so as long as there is time. */
  stumbled(error: MaestroError): void {
    this.#hub = undefined;
    this.#text = error.message;
    if (error.code === 'conflict' || error.code === 'not-found') this.#stumbles += 1;
    if (!isForLater(error) || this.#stumbles >= mostStumbles) this.failed(error);
  }

  failed(error: MaestroError): ApplicationResult {
    const text = this.#text === '' || this.#text === error.message ? error.message : `${error.message}: ${this.#text}`;
    const { reason, exitCode } = error;
    const isPending = phaseOfFailure(error, this.#isUnderway) === 'InProgress';
    return this.#ended({ outcome: isPending ? 'pending' : 'failed', reason, text, exitCode });
  }

  /** What is made of the hub's application is made of how that is now. */
  #isOutdated({ kind }: Write): boolean {
    const ageMs = this.#parts.budget.clock.monotonicMs() - (this.#hub?.atMs ?? 0);
    return (kind === 'publish-bundle' || kind === 'clear-conditions') && ageMs > hubFreshMs;
  }

  #noteUid(seen: Seen, advance: Advance): void {
    const now = uidNow(seen, towardsOf(this.#parts.options));
    const known = uidBefore(seen);
    if (this.#uidBefore === '') this.#uidBefore = known === '' ? now : known;
    // What a probe told before the deletion says nothing of what is there after it.
    const isAfter =
      advance.kind === 'done' ||
      (advance.kind === 'write' && ['clear-bundle', 'clear-work', 'clear-conditions'].includes(advance.write.kind));
    if (isAfter && now !== '') this.#uidAfter = now;
  }

  /** A way back is gone to its end with another object too; nobody is to take it for the one of before. */
  #replaced(): string {
    if (this.#uidBefore === '' || this.#uidAfter === '' || this.#uidBefore === this.#uidAfter) return '';
    return `; it is another object than before: ${this.#uidAfter}, not ${this.#uidBefore}`;
  }

  #waiting(advance: Extract<Advance, { readonly kind: 'wait' }>): Next {
    const { budget, options } = this.#parts;
    const nowMs = budget.clock.monotonicMs();
    this.#text = advance.text;
    if (!advance.failing) this.#failingSinceMs = undefined;
    else this.#failingSinceMs ??= nowMs;
    if (this.#failingSinceMs === undefined || nowMs - this.#failingSinceMs < options.failureGraceMs) return advance;
    return this.#end({
      outcome: 'failed',
      reason: 'ApplyFailed',
      text: advance.text,
      exitCode: ExitCode.OutcomeFailed,
    });
  }

  /**
   * A bundle that no agent has heard of for a minute. When a client is killed
   * in the middle of a write, Maestro may have stored it and never deliver it
   * until the agent connects anew; the same content as another version is
   * delivered. Once in a run, since the agent may be away as well.
   */
  #again(seen: Seen, ground: Parameters<typeof requestFor>[1]): Next | undefined {
    const { bundle } = seen;
    const nowMs = this.#parts.budget.clock.monotonicMs();
    if (!bundle.unheard || bundle.towards === undefined || this.#sentAgain) {
      this.#unheard = undefined;
      return undefined;
    }
    if (this.#unheard?.signature !== bundle.signature) this.#unheard = { signature: bundle.signature, sinceMs: nowMs };
    if (nowMs - this.#unheard.sinceMs < unheardMs) return undefined;
    const { towards, uid, form } = bundle;
    const write: Write | undefined =
      form === 'held'
        ? { kind: 'stamp-bundle', towards, uid }
        : form === 'let-go'
          ? { kind: 'orphan-bundle' }
          : undefined;
    if (write === undefined) return undefined;
    this.#sentAgain = true;
    return { kind: 'write', step: write.kind, request: requestFor(write, ground) };
  }

  #end(ended: Ended): Next {
    this.#ended(ended);
    return { kind: 'ended' };
  }

  /** The first end counts. */
  #ended(ended: Ended): ApplicationResult {
    this.result ??= this.#resultOf(ended);
    return this.result;
  }

  #resultOf({ exitCode = ExitCode.Done, ...ended }: Ended): ApplicationResult {
    return {
      cluster: this.#cluster,
      application: this.application.key,
      bundleId: this.application.bundleId,
      ...(this.#classicWork === undefined ? {} : { classicWork: this.#classicWork }),
      ...ended,
      ...(this.#uidBefore === '' ? {} : { uidBefore: this.#uidBefore }),
      ...(this.#uidAfter === '' ? {} : { uidAfter: this.#uidAfter }),
      exitCode,
    };
  }
}

type Ended = Pick<ApplicationResult, 'outcome' | 'reason' | 'text'> & { readonly exitCode?: ExitCode };
