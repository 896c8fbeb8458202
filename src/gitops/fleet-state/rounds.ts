import type { WorkReader, WorkRequest, WorkWriter } from '../../clients/transport.ts';
import { formatDuration, withoutAges } from '../../core/duration.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { standingOf } from '../../core/outcome/standing.ts';
import type { WorkState } from '../../core/status/fold.ts';
import { storedContent } from '../../core/works/document.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { eventsOf } from '../../operations/fleet/events-of.ts';
import { sparingWriter } from '../../operations/fleet/publish-limits.ts';
import { publishSafely, type PublishDeps } from '../../operations/publish.ts';
import { usualGraceMs } from '../../operations/wait/conditions.ts';
import { pollDelayMs } from '../../operations/wait/poll-schedule.ts';
import { withVersionLabel } from '../bundle/stored-bundle.ts';
import type { OwnBundle } from './own-bundles.ts';

/** What comes next for one bundle. */
export type Next =
  /** Something is sent; pinned to the version that was read. */
  | { readonly kind: 'publish'; readonly request: WorkRequest; readonly baseVersion: number; readonly said: string }
  /**
   * Something else is done, and sent by what it is given; what it throws ends the bundle, a conflict or a lack of time
   * after some tries. `late`: nothing was done, because what it rests on is too old.
   */
  | {
      readonly kind: 'act';
      readonly act: (publishing: PublishDeps) => Promise<'done' | 'late'>;
      readonly said?: string;
    }
  /** `sent`: the row whose version the agent is to apply, with where it is. */
  | {
      readonly kind: 'wait';
      readonly text: string;
      readonly sent?: { readonly row: ResourceBundle; readonly state: WorkState };
    }
  | { readonly kind: 'done'; readonly reason: string; readonly text: string; readonly version?: number }
  | { readonly kind: 'refused'; readonly error: MaestroError };

/** Decides from what is stored, and what it keeps for itself of a bundle; row undefined: Maestro does not have it. */
export type Decide = (row: ResourceBundle | undefined, bundle: OwnBundle) => Next;

export type FleetStateEvent =
  | { readonly kind: 'step'; readonly bundle: OwnBundle; readonly text: string }
  /** What a bundle waits for has changed. */
  | { readonly kind: 'waiting'; readonly bundle: OwnBundle; readonly text: string }
  | { readonly kind: 'outcome'; readonly bundle: OwnBundle; readonly outcome: WorkOutcome };

export interface RoundOptions {
  readonly decide: Decide;
  readonly source: string;
  /** Most requests under way at once. */
  readonly maxConcurrency: number;
  /** Told of the bundles under way before each look at them. */
  readonly beforeRound?: (bundles: readonly OwnBundle[]) => Promise<void>;
}

export interface RoundDeps {
  readonly maestro: { readonly reader: WorkReader; readonly writer: WorkWriter };
  readonly onNotice: (text: string) => void;
}

/** After so many conflicts in a row somebody else is at work there. */
const mostConflicts = 5;
/** Agents hear of a version within seconds. */
const unheardMs = 60_000;
/** Rows that are read, and decided on, before the next are read: all there is in memory of them. */
const rowsAtOnce = 200;

interface Underway {
  readonly bundle: OwnBundle;
  text: string;
  /** Maestro took what was sent, now or by a run before, and its effect is waited for. */
  isAccepted: boolean;
  /** The last write of whose answer nobody has heard, until the bundle is read again. */
  unanswered: MaestroError | undefined;
  conflicts: number;
  failingSinceMs: number | undefined;
  state: WorkState | undefined;
  version: number;
  /** Since when a version was seen that no agent has heard of. */
  unheard: { readonly version: number; readonly sinceMs: number } | undefined;
  sentAgain: boolean;
}

/**
 * Brings bundles to where they are to be, each at its own pace: every round
 * reads them, takes for each the step that `decide` says comes next, and waits
 * for the agents. Nothing but what is stored says how far one is, so the same
 * command goes on where one before was ended.
 */
export async function* runRounds(
  bundles: readonly OwnBundle[],
  options: RoundOptions,
  deps: RoundDeps,
  budget: Budget,
): AsyncGenerator<FleetStateEvent, void, void> {
  const { reader, writer } = deps.maestro;
  const publishing = { reader, writer: sparingWriter(writer, options.maxConcurrency), onNotice: deps.onNotice };
  yield* eventsOf<FleetStateEvent, void>((tell) =>
    new Rounds(bundles, { options, deps: publishing, budget, tell }).run(),
  );
}

interface RoundParts {
  readonly options: RoundOptions;
  readonly deps: PublishDeps;
  readonly budget: Budget;
  readonly tell: (event: FleetStateEvent) => void;
}

class Rounds {
  readonly #parts: RoundParts;
  readonly #underway: Map<string, Underway>;
  readonly #beganMs: number;

  constructor(bundles: readonly OwnBundle[], parts: RoundParts) {
    this.#parts = parts;
    this.#beganMs = parts.budget.clock.monotonicMs();
    this.#underway = new Map(
      bundles.map((bundle) => [
        bundle.id,
        {
          bundle,
          text: '',
          isAccepted: false,
          unanswered: undefined,
          conflicts: 0,
          failingSinceMs: undefined,
          state: undefined,
          version: bundle.version,
          unheard: undefined,
          sentAgain: false,
        },
      ]),
    );
  }

  async run(): Promise<void> {
    const { budget } = this.#parts;
    let quietSinceMs = budget.clock.monotonicMs();
    try {
      while (this.#underway.size > 0) {
        const wrote = await this.#round();
        const nowMs = budget.clock.monotonicMs();
        if (wrote) quietSinceMs = nowMs;
        else if (this.#underway.size > 0) {
          if (remainingMs(budget) <= 0) break;
          await pause(budget, pollDelayMs(nowMs - quietSinceMs, budget.random));
        }
      }
      this.#endAll();
    } catch (caught) {
      const error = budget.signal.aborted ? MaestroError.fromAbort(budget.signal) : MaestroError.from(caught);
      // A read that has no time left says nothing that the end of the time does not.
      this.#endAll(error.code === 'timeout' || remainingMs(budget) <= 0 ? undefined : error);
    }
  }

  /** One look at each bundle; whether anything was done. */
  async #round(): Promise<boolean> {
    const { options, deps, budget } = this.#parts;
    await options.beforeRound?.([...this.#underway.values()].map(({ bundle }) => bundle));
    const ids = [...this.#underway.keys()];
    let acted = false;
    for (let start = 0; start < ids.length; start += rowsAtOnce) {
      const some = ids.slice(start, start + rowsAtOnce);
      const rows = new Map<string, ResourceBundle>();
      const unreadable = new Map<string, MaestroError>();
      const read = deps.reader.getBundles(some, {
        ...budget,
        onSetAside: ({ id, error }) => void unreadable.set(id, error),
      });
      for await (const page of read) for (const row of page) rows.set(row.id, row);
      if (await this.#take(some, rows, unreadable)) acted = true;
    }
    return acted;
  }

  async #take(
    ids: readonly string[],
    rows: ReadonlyMap<string, ResourceBundle>,
    unreadable: ReadonlyMap<string, MaestroError>,
  ): Promise<boolean> {
    const acts: (() => Promise<void>)[] = [];
    for (const id of ids) {
      const one = this.#underway.get(id);
      if (one === undefined) continue;
      const problem = unreadable.get(id);
      const row = rows.get(id);
      if (row !== undefined) one.version = row.version;
      if (problem === undefined) one.unanswered = undefined;
      const next: Next =
        problem === undefined ? this.#parts.options.decide(row, one.bundle) : { kind: 'refused', error: problem };
      if (next.kind === 'publish' || next.kind === 'act') acts.push(() => this.#act(one, next));
      else if (next.kind === 'done') this.#done(one, next);
      else if (next.kind === 'refused') this.#fail(one, next.error);
      else {
        const again = this.#again(one, next);
        if (again === undefined) this.#wait(one, next);
        else acts.push(() => this.#act(one, again));
      }
    }
    const queue = acts.values();
    const worker = async (): Promise<void> => {
      for (const act of { [Symbol.iterator]: () => queue }) {
        this.#parts.budget.signal.throwIfAborted();
        await act();
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#parts.options.maxConcurrency, acts.length) }, worker));
    return acts.length > 0;
  }

  async #act(one: Underway, next: Extract<Next, { readonly kind: 'publish' | 'act' }>): Promise<void> {
    const { deps, budget, tell } = this.#parts;
    try {
      if (next.kind === 'publish') await publishSafely(next.request, next.baseVersion, deps, budget);
      else if ((await next.act(deps)) === 'late') return;
      one.isAccepted = true;
      one.conflicts = 0;
      one.failingSinceMs = undefined;
      if (next.said !== undefined) tell({ kind: 'step', bundle: one.bundle, text: next.said });
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error.delivery === 'unknown') one.unanswered = error;
      if (budget.signal.aborted || (error.code === 'timeout' && remainingMs(budget) <= 0)) throw error;
      // Somebody else, a controller perhaps, has written, or a deletion had no more time: the next look says what.
      const isForLater = error.code === 'conflict' || error.code === 'timeout' || error.reason === 'OutcomeUnknown';
      if (isForLater && (one.conflicts += 1) < mostConflicts) return;
      this.#fail(one, error);
    }
  }

  /**
   * When a client is killed in the middle of a write, Maestro may have stored it and never deliver it until the agent
   * connects anew; the same content as another version is delivered. Once in a run, since the agent may be away.
   */
  #again(one: Underway, { sent }: Extract<Next, { readonly kind: 'wait' }>): (Next & { kind: 'publish' }) | undefined {
    const nowMs = this.#parts.budget.clock.monotonicMs();
    if (sent === undefined || !(sent.state.kind === 'unknown' || sent.state.stale)) {
      one.unheard = undefined;
      return undefined;
    }
    const { row } = sent;
    if (one.unheard?.version !== row.version) one.unheard = { version: row.version, sinceMs: nowMs };
    if (nowMs - one.unheard.sinceMs < unheardMs || one.sentAgain) return undefined;
    one.sentAgain = true;
    return {
      kind: 'publish',
      request: updateOf(row, storedContent(row), this.#parts.options.source),
      baseVersion: row.version,
      said: 'sent again, because its agent has not heard of it',
    };
  }

  #wait(one: Underway, { text, sent }: Extract<Next, { readonly kind: 'wait' }>): void {
    const nowMs = this.#parts.budget.clock.monotonicMs();
    const state = sent?.state;
    one.state = state;
    one.isAccepted = true;
    if (state?.kind === 'failed') one.failingSinceMs ??= nowMs;
    else one.failingSinceMs = undefined;
    if (one.failingSinceMs !== undefined && nowMs - one.failingSinceMs >= usualGraceMs)
      return this.#fail(one, new MaestroError('outcome-failed', text, { reason: 'ApplyFailed' }));
    const isNews = withoutAges(text) !== withoutAges(one.text);
    one.text = text;
    if (!isNews) return;
    this.#parts.tell({ kind: 'waiting', bundle: one.bundle, text });
  }

  #done(one: Underway, { reason, text, version }: Extract<Next, { readonly kind: 'done' }>): void {
    this.#end(one, {
      ...aboutBundle(one, version ?? one.version),
      phase: 'Applied',
      reason,
      message: `${subjectOf(one.bundle)}: ${text}`,
      exitCode: ExitCode.Done,
    });
  }

  #fail(one: Underway, error: MaestroError): void {
    const told = new MaestroError(error.code, `${subjectOf(one.bundle)}: ${error.message}`, {
      reason: error.reason,
      ...error.hints,
      cause: error,
    });
    this.#end(one, failedWork(aboutBundle(one, one.version), told, one.isAccepted));
  }

  #end(one: Underway, outcome: WorkOutcome): void {
    this.#underway.delete(one.bundle.id);
    this.#parts.tell({ kind: 'outcome', bundle: one.bundle, outcome });
  }

  /** The time is up, a signal came, or Maestro cannot be read: what is under way can be gone on with. */
  #endAll(error?: MaestroError): void {
    const { budget } = this.#parts;
    const waitedMs = budget.clock.monotonicMs() - this.#beganMs;
    for (const one of [...this.#underway.values()]) {
      const cause = one.unanswered ?? error;
      const text = one.text === '' ? 'nothing could be read' : one.text;
      const what = cause?.message ?? `timed out after ${formatDuration(budget.totalMs)}`;
      const told = new MaestroError(cause?.code ?? 'timeout', `${subjectOf(one.bundle)}: ${what}: ${text}`, {
        ...(cause === undefined ? {} : { reason: cause.reason, cause }),
        hint: 'Do the same again: it goes on from there.',
      });
      const outcome = failedWork(aboutBundle(one, one.version), told, one.isAccepted);
      this.#end(one, { ...outcome, standing: standingOf(one.state, waitedMs) });
    }
  }
}

/** An update of a bundle, pinned to the version that was read. */
export function updateOf(
  row: ResourceBundle,
  work: ManifestWork,
  source: string,
): Extract<WorkRequest, { readonly kind: 'update' }> {
  const target = { id: row.id, consumer: row.consumerName, source };
  return { kind: 'update', target, work: withVersionLabel(work, row.version + 1), version: row.version };
}

function aboutBundle(
  { bundle }: Pick<Underway, 'bundle'>,
  version: number,
): Pick<WorkOutcome, 'manifestWorkName' | 'consumer' | 'id' | 'version'> {
  return { manifestWorkName: bundle.name, consumer: bundle.consumer, id: bundle.id, version };
}

/** `Application openshift-gitops/web on c1`. */
export function subjectOf({ application, consumer }: OwnBundle): string {
  return `Application ${application} on ${consumer}`;
}
