import { groupReasons, type ReasonGroup, type WorkReason } from '../../core/outcome/grouped-reasons.ts';
import { reasonPattern, type ReasonPattern } from '../../core/outcome/reason-pattern.ts';
import { standingOf, type Standing, type WaitCounts } from '../../core/outcome/standing.ts';
import { formatDuration, withoutAges } from '../../core/duration.ts';
import type { WorkPlace } from '../../core/outcome/work-place.ts';
import type { SetAsideRow } from '../../clients/transport.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { WaitJudge, type Verdict, type WaitCondition, type WaitTarget } from './judge.ts';

/** How a wait on one work ended. `bundle` is the last one read, for the result. */
export interface WaitResult {
  readonly target: WaitTarget;
  /** The version that was judged, when one became known. */
  readonly version?: number;
  readonly bundle?: ResourceBundle;
  /** Absent when the condition was met. */
  readonly error?: MaestroError;
  /** Where it stood when the wait was cut short, by the end of the time or by a signal. */
  readonly standing?: Standing;
}

/** What waiting tells while it lasts. */
export interface WaitReports {
  /** Called when what is waited for changes, with one sentence. */
  readonly onProgress: (target: WaitTarget, text: string) => void;
  /** Called when it changes where a work stands, and once when its wait is decided. */
  readonly onStands?: (target: WaitTarget, as: Standing | 'met' | 'failed', text: string) => void;
  /** Called when the condition of a work was met; what it returns is awaited of that work then. */
  readonly onMet?: (result: WaitResult) => NextStage | undefined;
  /** Called when a work of another source is waited for in the place of one of ours that does not exist. */
  readonly onAdopted?: (target: WaitTarget, bundle: ResourceBundle) => void;
}

/** What is awaited of a work after something else was: it is one work to whoever looks at the wait. */
export interface NextStage {
  /** The same work, with its own condition. */
  readonly target: WaitTarget;
  /** Rejects when what is awaited cannot come about, which ends the wait for this work. */
  readonly begun: Promise<unknown>;
}

/** Why a wait ended before all was decided: what stopped it, or what kept it from reading at the end of its time. */
export interface WaitEnd {
  readonly stopped?: MaestroError;
  readonly unreachable?: MaestroError | undefined;
}

/** A work that is still waited for. */
interface Pending {
  readonly judge: WaitJudge;
  last?: Verdict;
  text: string;
  /** Of the text, ages aside; made when it is asked for. */
  pattern?: ReasonPattern;
  /** Where it stood when that was told last. */
  told?: Standing;
  /** Nothing comes after what is awaited now. */
  readonly isLast?: boolean;
}

/** The works of one wait, judged row by row until each is decided. It knows no network. */
export class Waiting {
  readonly #targets: readonly WaitTarget[];
  readonly #condition: WaitCondition;
  readonly #reports: WaitReports;
  readonly #budget: Budget;
  readonly #startMs: number;
  /** By the id of the target as it was given. */
  readonly #pending: Map<string, Pending>;
  /** Keys of works that took the place of others, by their own ids. */
  readonly #adopted = new Map<string, string>();
  readonly #results = new Map<string, WaitResult>();
  /** True of a consumer whose agent has never reported anything, as far as that is known. */
  readonly #neverReported: (consumer: string) => boolean;

  constructor(
    targets: readonly WaitTarget[],
    condition: WaitCondition,
    deps: WaitReports & { readonly budget: Budget; readonly neverReported: (consumer: string) => boolean },
  ) {
    this.#targets = targets;
    this.#condition = condition;
    this.#reports = deps;
    this.#budget = deps.budget;
    this.#neverReported = deps.neverReported;
    this.#startMs = this.#monotonicMs();
    this.#pending = new Map(
      targets.map((target) => [target.id, { judge: new WaitJudge(target, condition), text: '' }]),
    );
  }

  /** The works that are still waited for. */
  get undecided(): readonly WaitTarget[] {
    return [...this.#pending.values()].map(({ judge }) => judge.target);
  }

  get size(): number {
    return this.#pending.size;
  }

  get counts(): WaitCounts {
    const counts = { total: this.#targets.length, met: 0, failed: 0, pending: 0, failing: 0, silent: 0 };
    for (const { error } of this.#results.values()) counts[error === undefined ? 'met' : 'failed'] += 1;
    for (const entry of this.#pending.values()) counts[this.#standing(entry)] += 1;
    return counts;
  }

  /** What is in the way: of what failed first, of what is only slow last; within that of the most works first. */
  get reasons(): readonly ReasonGroup[] {
    const of: Record<'bad' | Standing, WorkReason[]> = { bad: [], failing: [], silent: [], pending: [] };
    for (const { target, error } of this.#results.values())
      if (error !== undefined) of.bad.push({ ...placeOf(target), message: error.message });
    for (const entry of this.#pending.values()) of[this.#standing(entry)].push(reasonOf(entry));
    return (['bad', 'failing', 'silent', 'pending'] as const).flatMap((kind) => groupReasons(of[kind]));
  }

  /** Tells of the works that stand elsewhere than when this was asked for last; time alone makes a work silent. */
  tellStandings(): void {
    const { onStands } = this.#reports;
    if (onStands === undefined) return;
    for (const entry of this.#pending.values()) {
      const standing = this.#standing(entry);
      if (standing === entry.told) continue;
      entry.told = standing;
      onStands(entry.judge.target, standing, entry.text);
    }
  }

  /** Consumers of works that no agent has reported, and of which that is odd by now. */
  get silentConsumers(): ReadonlySet<string> {
    const silent = [...this.#pending.values()].filter(
      (entry) =>
        this.#standing(entry) === 'silent' && entry.last?.kind === 'waiting' && entry.last.state?.kind === 'unknown',
    );
    return new Set(silent.map(({ last }) => last?.bundle?.consumerName ?? ''));
  }

  /** Works that do not exist by now, and in whose place one of their name by another source will do. */
  get absent(): readonly WaitTarget[] {
    return [...this.#pending.values()].flatMap(({ judge: { target }, last }) =>
      target.anySource === true && last?.kind === 'waiting' && last.bundle === undefined ? [target] : [],
    );
  }

  /** What a work was judged by last. */
  lastOf(id: string): ResourceBundle | undefined {
    return this.#entriesOf(id)[0]?.[1].last?.bundle;
  }

  /** Judges works by their rows, by id; undefined for one that Maestro does not have. */
  take(rows: ReadonlyMap<string, ResourceBundle | undefined>): void {
    for (const [id, row] of rows) {
      for (const [key, entry] of this.#entriesOf(id)) {
        const verdict = this.#judge(entry.judge, row);
        entry.last = verdict;
        if (verdict.kind === 'waiting') this.#tell(entry, verdict);
        else if (verdict.kind === 'failed' || !this.#goesOn(key, entry))
          this.#settle(key, entry, verdict.kind === 'failed' ? { error: verdict.error } : {});
      }
    }
  }

  /** True when the rows as they are would decide one of the works by now, for time passes. */
  wouldDecide(rowOf: (id: string) => ResourceBundle | undefined): boolean {
    return [...this.#pending.values()].some(
      ({ judge }) => this.#judge(judge, rowOf(judge.target.id)).kind !== 'waiting',
    );
  }

  /** A row that cannot be read is no sign that the work is gone; it ends the wait for this work, and for no other. */
  giveUp({ id, error }: SetAsideRow): void {
    for (const [key, entry] of this.#entriesOf(id)) this.#settle(key, entry, { error });
  }

  /** Goes on with the only work of a name where there is none of ours; it counts from the next read. */
  adopt(target: WaitTarget, bundle: ResourceBundle): void {
    this.#reports.onAdopted?.(target, bundle);
    const judge = new WaitJudge({ ...target, id: bundle.id, anySource: false }, this.#condition);
    this.#pending.set(target.id, { judge, text: '' });
    this.#adopted.set(bundle.id, target.id);
  }

  /** What is left undecided ends with the reason that ended the wait, naming only what blocks. */
  end({ stopped, unreachable }: WaitEnd): readonly WaitResult[] {
    const lost = unreachable === undefined ? '' : `; at the end Maestro could not be read: ${unreachable.message}`;
    for (const [key, entry] of this.#pending) {
      const { target } = entry.judge;
      const name = `${target.name} on ${target.consumer}`;
      const text = entry.text === '' ? 'nothing could be read' : entry.text;
      const error =
        stopped === undefined
          ? new MaestroError(
              'timeout',
              `timed out after ${formatDuration(this.#budget.totalMs)} waiting for ${name}: ${text}${lost}`,
            )
          : new MaestroError(stopped.code, `${stopped.message} while waiting for ${name}: ${text}`, {
              reason: stopped.reason,
              ...stopped.hints,
              cause: stopped.cause ?? stopped,
            });
      this.#settle(key, entry, { error, standing: this.#standing(entry) });
    }
    return this.#targets.map((target) => this.#results.get(target.id) ?? { target });
  }

  #judge(judge: WaitJudge, row: ResourceBundle | undefined): Verdict {
    return judge.judge(row, this.#budget.clock.wallMs(), this.#monotonicMs());
  }

  #settle(key: string, { judge, last }: Pending, how: Pick<WaitResult, 'error' | 'standing'>): void {
    this.#pending.delete(key);
    this.#results.set(key, { ...resultSoFar({ judge, last }), ...how });
    if (how.standing === undefined)
      this.#reports.onStands?.(judge.target, how.error === undefined ? 'met' : 'failed', how.error?.message ?? '');
  }

  /** @returns false when nothing more is awaited of the work */
  #goesOn(key: string, entry: Pending): boolean {
    const next = entry.isLast === true ? undefined : this.#reports.onMet?.(resultSoFar(entry));
    if (next === undefined) return false;
    const later: Pending = { judge: new WaitJudge(next.target, this.#condition), text: '', isLast: true };
    this.#pending.set(key, later);
    next.begun.catch((caught: unknown) => {
      if (this.#pending.get(key) === later) this.#settle(key, later, { error: MaestroError.from(caught) });
    });
    return true;
  }

  #tell(entry: Pending, verdict: Extract<Verdict, { readonly kind: 'waiting' }>): void {
    const text = this.#waitingText(verdict);
    const changed = withoutAges(text) !== withoutAges(entry.text);
    entry.text = text;
    if (changed) delete entry.pattern;
    if (changed) this.#reports.onProgress(entry.judge.target, text);
  }

  /** The row of a work says only that its agent has not reported this one; whether it ever did any is asked for. */
  #waitingText({ text, state, bundle }: Extract<Verdict, { readonly kind: 'waiting' }>): string {
    const consumer = bundle?.consumerName ?? '';
    return state?.kind === 'unknown' && this.#neverReported(consumer)
      ? `the agent of ${consumer} has never reported`
      : text;
  }

  #standing({ last }: Pending): Standing {
    return standingOf(last?.kind === 'waiting' ? last.state : undefined, this.#monotonicMs() - this.#startMs);
  }

  #entriesOf(id: string): readonly (readonly [string, Pending])[] {
    return [id, this.#adopted.get(id)].flatMap((key) => {
      const entry = key === undefined ? undefined : this.#pending.get(key);
      return key === undefined || entry?.judge.target.id !== id ? [] : [[key, entry] as const];
    });
  }

  #monotonicMs(): number {
    return this.#budget.clock.monotonicMs();
  }
}

function resultSoFar({ judge, last }: Pick<Pending, 'judge' | 'last'>): WaitResult {
  return {
    target: judge.target,
    ...(judge.version === undefined ? {} : { version: judge.version }),
    ...(last?.bundle === undefined ? {} : { bundle: last.bundle }),
  };
}

function placeOf({ consumer, name }: WaitTarget): WorkPlace {
  return { consumer, name };
}

function reasonOf(entry: Pending): WorkReason {
  const place = placeOf(entry.judge.target);
  const message = entry.text === '' ? 'nothing could be read' : entry.text;
  return { ...place, message, pattern: (entry.pattern ??= reasonPattern(message, place)) };
}
