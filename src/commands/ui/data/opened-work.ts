import { slept } from '../../../clock.ts';
import { describeState } from '../../../core/status/describe-state.ts';
import { foldStatus } from '../../../core/status/fold.ts';
import type { ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { storedExecutor, type StoredExecutor } from '../../../operations/executor.ts';
import { belongsTo } from '../../../operations/find-work.ts';
import { withinMs } from '../../../operations/budget.ts';
import { newsBetween } from '../../shared/watching/change-report.ts';
import { describeWork, type Description } from '../../shared/one-work/description.ts';
import type { PartChange } from '../../shared/change/work-changes.ts';
import type { GatherDeps, WorkPointer } from '../frame/view.ts';
import type { LiveFleet } from './live-fleet.ts';

/** Something that became of the work while it was looked at. */
export interface SeenChange {
  /** When it was seen. */
  readonly wallMs: number;
  readonly text: string;
}

/** What a file would make of the work. */
export interface Comparison {
  readonly path: string;
  /** The version that it was compared with. */
  readonly version: number;
  /** Masked; empty when nothing would change. */
  readonly changes: readonly PartChange[];
}

/** What is known of the work that is open. */
export interface WorkPicture {
  readonly pointer: WorkPointer;
  readonly bundle?: ResourceBundle;
  readonly description?: Description;
  /** Monotonic: when it was read last. */
  readonly readAtMs?: number;
  /** Why the last read failed. */
  readonly error?: MaestroError;
  /** Maestro does not have it any more; the rest is as it was last. */
  readonly isGone: boolean;
  /** The latest first. */
  readonly changes: readonly SeenChange[];
  readonly comparison?: Comparison | { readonly path: string; readonly error: MaestroError };
}

/** What REST shows only to whoever searches for it; looked for once, when the work is opened. */
interface HiddenOfWork {
  readonly source: string;
  readonly executor: StoredExecutor;
}

const readEveryMs = 5_000;
const readWithinMs = 15_000;
const mostChanges = 200;

/** The one work that is looked at in detail: read when it is opened, when there is news of it, and now and then. */
export class OpenedWork {
  readonly #deps: GatherDeps;
  readonly #fleet: LiveFleet;
  #picture: WorkPicture | undefined;
  #hidden: HiddenOfWork | undefined;
  #closing = new AbortController();
  #woken = new AbortController();

  constructor(deps: GatherDeps, fleet: LiveFleet) {
    this.#deps = deps;
    this.#fleet = fleet;
  }

  get picture(): WorkPicture | undefined {
    return this.#picture;
  }

  /** Opens another work, and closes the one before. */
  open(pointer: WorkPointer): void {
    if (this.#picture?.pointer.id === pointer.id && !this.#picture.isGone) return;
    this.#closing.abort();
    this.#closing = new AbortController();
    this.#hidden = undefined;
    this.#picture = { pointer, isGone: false, changes: [] };
    this.#fleet.watch(pointer.id, () => this.#woken.abort());
    void this.#follow(pointer, AbortSignal.any([this.#deps.signal, this.#closing.signal]));
  }

  /** @param comparison undefined takes the one before away */
  compared(comparison: WorkPicture['comparison']): void {
    if (this.#picture === undefined) return;
    const { comparison: _, ...others } = this.#picture;
    this.#picture = comparison === undefined ? others : { ...others, comparison };
    this.#deps.changed();
  }

  async #follow(pointer: WorkPointer, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps.session.budget;
    while (!signal.aborted) {
      this.#woken = new AbortController();
      try {
        await this.#read(pointer, signal);
      } catch (caught) {
        if (signal.aborted) return;
        const error = MaestroError.from(caught);
        if (this.#picture !== undefined) this.#picture = { ...this.#picture, error };
      }
      this.#deps.changed();
      await slept(clock, readEveryMs, AbortSignal.any([signal, this.#woken.signal]));
    }
  }

  async #read({ id }: WorkPointer, signal: AbortSignal): Promise<void> {
    const { session, options } = this.#deps;
    const { reader } = session.maestro;
    const onRetry = (error: MaestroError): void => {
      if (this.#picture !== undefined && !signal.aborted) this.#picture = { ...this.#picture, error };
      this.#deps.changed();
    };
    const budget = { ...withinMs(session.budget, readWithinMs), signal, onRetry };
    const bundle = await reader.getBundle(id, budget);
    if (bundle !== undefined && this.#hidden === undefined)
      this.#hidden = {
        source: (await belongsTo(reader, bundle, options.source, budget)) ? options.source : '?',
        executor: await storedExecutor(reader, bundle, undefined, budget),
      };
    if (signal.aborted || this.#picture === undefined) return;
    this.#picture = this.#after(this.#picture, bundle);
  }

  #after(picture: WorkPicture, bundle: ResourceBundle | undefined): WorkPicture {
    const { clock } = this.#deps.session.budget;
    const wallMs = clock.wallMs();
    const { error: _, ...before } = picture;
    const readAtMs = clock.monotonicMs();
    if (bundle === undefined) {
      const told = before.isGone || before.bundle === undefined ? [] : ['Maestro no longer has the work'];
      return { ...before, isGone: true, readAtMs, changes: withNews(before.changes, told, wallMs) };
    }
    return {
      ...before,
      bundle,
      isGone: false,
      readAtMs,
      ...(this.#hidden === undefined ? {} : { description: describeWork(bundle, { ...this.#hidden, wallMs }) }),
      changes: withNews(before.changes, newsOf(before.bundle, bundle, wallMs), wallMs),
    };
  }
}

function newsOf(before: ResourceBundle | undefined, after: ResourceBundle, wallMs: number): readonly string[] {
  if (before === undefined) return [];
  const [was, is] = [before, after].map((bundle) => foldStatus(bundle, bundle.version));
  const state = was?.kind === is?.kind || is === undefined ? [] : [describeState(is, wallMs)];
  return [...newsBetween(before, after), ...state];
}

function withNews(known: readonly SeenChange[], news: readonly string[], wallMs: number): readonly SeenChange[] {
  if (news.length === 0) return known;
  return [...news.map((text) => ({ wallMs, text })).toReversed(), ...known].slice(0, mostChanges);
}
