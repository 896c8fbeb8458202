import type { CallOptions, SetAsideRow, WorkReader } from '../../clients/transport.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { formatDuration } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../budget.ts';
import type { StatusFeed } from '../../works/status-feed.ts';
import { WaitJudge, type Verdict, type WaitCondition, type WaitTarget } from './judge.ts';
import { AgentReports } from './agent-reports.ts';
import { NameSearch } from './name-search.ts';
import { pollDelayMs } from './poll-schedule.ts';
import { standingOf, type Standing, type WaitCounts } from '../../core/outcome/standing.ts';
import { StreamNews } from './stream-news.ts';

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

/** What a wait needs. */
export interface WaitDeps {
  readonly reader: WorkReader;
  /** Called when what is waited for changes, with one sentence. */
  readonly onProgress: (target: WaitTarget, text: string) => void;
  /** Called after each look at the works, with where all of them stand. */
  readonly onCounts?: (counts: WaitCounts) => void;
  /** Brings rows sooner than polling does; the caller opens and closes it. Without it no stream is opened. */
  readonly feed?: StatusFeed;
  /** Called when a work of another source is waited for in the place of one of ours that does not exist. */
  readonly onAdopted?: (target: WaitTarget, bundle: ResourceBundle) => void;
}

/** One read may take this long; a server that hangs must not use up the whole budget unseen. */
const readTimeoutMs = 10_000;
/** A read that began with less than this before the deadline proves nothing about the server when it fails. */
const fairReadMs = 1_000;
/** Ids in one page of a shared read; keeps the query string short. */
const idsPerPage = 100;

/** A work that is still waited for. */
interface Pending {
  readonly judge: WaitJudge;
  last?: Verdict;
  text: string;
}

/** What one wait knows, from look to look. */
interface Waiting {
  readonly targets: readonly WaitTarget[];
  readonly condition: WaitCondition;
  readonly deps: WaitDeps;
  readonly budget: Budget;
  readonly startMs: number;
  /** By the id of the target. */
  readonly pending: Map<string, Pending>;
  readonly results: Map<string, WaitResult>;
  readonly news: StreamNews | undefined;
  readonly search: NameSearch;
  readonly agents: AgentReports;
}

/**
 * Waits until every target is decided: its condition holds, it failed, or the
 * budget ended. Reads first, then polls; several works share their reads. A
 * server that goes away meanwhile is waited out within the budget. A mistake
 * that cannot heal ends the wait of each, so that no work is without its outcome.
 */
export async function waitForWorks(
  targets: readonly WaitTarget[],
  condition: WaitCondition,
  deps: WaitDeps,
  budget: Budget,
): Promise<readonly WaitResult[]> {
  const waited = budget.stopwatch?.begin('wait');
  try {
    return await waitUntilDecided(targets, condition, deps, budget);
  } finally {
    waited?.();
  }
}

async function waitUntilDecided(
  targets: readonly WaitTarget[],
  condition: WaitCondition,
  deps: WaitDeps,
  budget: Budget,
): Promise<readonly WaitResult[]> {
  const waiting: Waiting = {
    targets,
    condition,
    deps,
    budget,
    startMs: budget.clock.monotonicMs(),
    pending: new Map(targets.map((target) => [target.id, { judge: new WaitJudge(target, condition), text: '' }])),
    results: new Map(),
    news: deps.feed === undefined ? undefined : new StreamNews(deps.feed, targets),
    search: new NameSearch(deps.reader),
    agents: new AgentReports(deps.reader),
  };
  let unreachable: MaestroError | undefined;
  let everRead = false;
  for (;;) {
    const leftMs = remainingMs(budget);
    try {
      if (!decideByStream(waiting)) {
        await look(waiting);
        everRead = true;
        unreachable = undefined;
      }
    } catch (caught) {
      if (budget.signal.aborted) return finish(waiting, { stopped: MaestroError.fromAbort(budget.signal) });
      const error = MaestroError.from(caught);
      // A read that ran out of time is no answer; whether the budget did too is looked at below.
      if (!error.retryable && error.code !== 'timeout') return finish(waiting, { stopped: error });
      if (remainingMs(budget) > 0 || leftMs >= fairReadMs) unreachable = error;
    }
    deps.onCounts?.(countsOf(waiting));
    if (waiting.pending.size === 0) return finish(waiting, {});
    if (remainingMs(budget) <= 0) {
      if (!everRead && unreachable !== undefined && !targets.some((target) => target.known)) throw unreachable;
      return finish(waiting, { unreachable });
    }
    try {
      await rest(waiting);
    } catch (caught) {
      return finish(waiting, {
        stopped: budget.signal.aborted ? MaestroError.fromAbort(budget.signal) : MaestroError.from(caught),
      });
    }
  }
}

/** Reads all works that are undecided, and judges them. */
async function look(waiting: Waiting): Promise<void> {
  const { deps, budget, news, pending, agents } = waiting;
  const unreadable: SetAsideRow[] = [];
  const bundles = await readAll(
    deps.reader,
    targetsOf(pending).map(({ id }) => id),
    readOptions(budget),
    (row) => unreadable.push(row),
  );
  news?.wasRead(bundles, budget.clock.monotonicMs());
  giveUp(waiting, unreadable);
  decide(waiting, pending, bundles);
  await adopt(waiting);
  await agents.learn(silentConsumers(waiting), readOptions(budget));
}

async function rest({ budget, news, startMs }: Waiting): Promise<void> {
  const delayMs = pollDelayMs(budget.clock.monotonicMs() - startMs, budget.random);
  if (news === undefined) await pause(budget, delayMs);
  else await news.rest(Math.min(delayMs, remainingMs(budget)), budget.signal);
}

/**
 * Judges what the stream brought. Between events the rows known last are judged
 * again, because time passes for graces and settling; what time alone would
 * decide is read first, as when polling.
 *
 * @returns false when the works have to be read
 */
function decideByStream(waiting: Waiting): boolean {
  const { news, pending, results, budget } = waiting;
  if (news === undefined) return false;
  const bundles = news.take();
  const changed = new Map<string, Pending>();
  for (const id of bundles.keys()) {
    const entry = pending.get(id);
    if (entry?.judge.target.id === id) changed.set(id, entry);
  }
  decide(waiting, changed, bundles);
  for (const id of bundles.keys()) if (results.has(id)) pending.delete(id);
  if (pending.size === 0) return true;
  if (!news.isPassDue(pending.size, budget.clock.monotonicMs())) return true;
  const targets = targetsOf(pending);
  if (news.isReadDue(targets, budget.clock.monotonicMs())) return false;
  return [...pending.values()].every(
    ({ judge }) =>
      judge.judge(news.rowOf(judge.target.id), budget.clock.wallMs(), budget.clock.monotonicMs()).kind === 'waiting',
  );
}

/** Goes on with the only work of a name where there is none of ours; it counts from the next read. */
async function adopt({ pending, search, condition, deps, budget }: Waiting): Promise<void> {
  const absent = [...pending].filter(
    ([, { judge, last }]) => judge.target.anySource === true && last?.kind === 'waiting' && last.bundle === undefined,
  );
  const found = await search.find(
    absent.map(([, { judge }]) => judge.target),
    budget,
  );
  for (const [id, { judge }] of absent) {
    const bundle = found.get(judge.target.id);
    if (bundle === undefined) continue;
    deps.onAdopted?.(judge.target, bundle);
    pending.set(id, {
      judge: new WaitJudge({ ...judge.target, id: bundle.id, anySource: false }, condition),
      text: '',
    });
  }
}

function targetsOf(pending: ReadonlyMap<string, Pending>): readonly WaitTarget[] {
  return [...pending.values()].map(({ judge }) => judge.target);
}

function decide(waiting: Waiting, entries: Map<string, Pending>, bundles: ReadonlyMap<string, ResourceBundle>): void {
  const { deps, budget, results, news } = waiting;
  for (const [id, entry] of entries) {
    const { judge } = entry;
    const bundle = bundles.get(judge.target.id);
    if (bundle === undefined && news?.mayStillEnd(judge.target, budget.clock.monotonicMs()) === true) continue;
    const verdict = judge.judge(bundle, budget.clock.wallMs(), budget.clock.monotonicMs());
    entry.last = verdict;
    if (verdict.kind === 'waiting') {
      const text = waitingText(waiting, verdict);
      const changed = withoutAges(text) !== withoutAges(entry.text);
      entry.text = text;
      if (changed) deps.onProgress(judge.target, text);
      continue;
    }
    entries.delete(id);
    results.set(id, {
      target: judge.target,
      ...(judge.version === undefined ? {} : { version: judge.version }),
      ...(verdict.bundle === undefined ? {} : { bundle: verdict.bundle }),
      ...(verdict.kind === 'failed' ? { error: verdict.error } : {}),
    });
  }
}

/** A row that cannot be read is no sign that the work is gone; it ends the wait for this work, and for no other. */
function giveUp({ pending, results }: Waiting, unreadable: readonly SetAsideRow[]): void {
  for (const [id, { judge, last }] of pending) {
    const row = unreadable.find((candidate) => candidate.id === judge.target.id);
    if (row === undefined) continue;
    pending.delete(id);
    results.set(id, {
      target: judge.target,
      ...(judge.version === undefined ? {} : { version: judge.version }),
      ...(last?.bundle === undefined ? {} : { bundle: last.bundle }),
      error: row.error,
    });
  }
}

/** The row of a work says only that its agent has not reported this one; whether it ever reported any is asked for. */
function waitingText(
  { agents }: Waiting,
  { text, state, bundle }: Extract<Verdict, { readonly kind: 'waiting' }>,
): string {
  const consumer = bundle?.consumerName ?? '';
  return state?.kind === 'unknown' && agents.neverReported(consumer)
    ? `the agent of ${consumer} has never reported`
    : text;
}

function standing({ startMs, budget }: Waiting, { last }: Pending): Standing {
  return standingOf(last?.kind === 'waiting' ? last.state : undefined, budget.clock.monotonicMs() - startMs);
}

/** Of the works that no agent has reported, and of which that is odd by now. */
function silentConsumers(waiting: Waiting): ReadonlySet<string> {
  const silent = [...waiting.pending.values()].filter(
    (entry) =>
      standing(waiting, entry) === 'silent' && entry.last?.kind === 'waiting' && entry.last.state?.kind === 'unknown',
  );
  return new Set(silent.map(({ last }) => last?.bundle?.consumerName ?? ''));
}

function countsOf(waiting: Waiting): WaitCounts {
  const { targets, results, pending } = waiting;
  const counts = { total: targets.length, met: 0, failed: 0, pending: 0, failing: 0, silent: 0 };
  for (const { error } of results.values()) counts[error === undefined ? 'met' : 'failed'] += 1;
  for (const entry of pending.values()) counts[standing(waiting, entry)] += 1;
  return counts;
}

/**
 * What is left undecided ends with the reason that ended the wait, naming only
 * what blocks: what stopped it before its time, or what kept it from reading at the end.
 */
function finish(
  waiting: Waiting,
  { stopped, unreachable }: { readonly stopped?: MaestroError; readonly unreachable?: MaestroError | undefined },
): readonly WaitResult[] {
  const { targets, pending, results, budget } = waiting;
  for (const [id, entry] of pending) {
    const { target } = entry.judge;
    const name = `${target.name} on ${target.consumer}`;
    const lost = unreachable === undefined ? '' : `; at the end Maestro could not be read: ${unreachable.message}`;
    const text = entry.text === '' ? 'nothing could be read' : entry.text;
    const error =
      stopped === undefined
        ? new MaestroError(
            'timeout',
            `timed out after ${formatDuration(budget.totalMs)} waiting for ${name}: ${text}${lost}`,
          )
        : new MaestroError(stopped.code, `${stopped.message} while waiting for ${name}: ${text}`, {
            reason: stopped.reason,
            ...(stopped.hint === undefined ? {} : { hint: stopped.hint }),
            cause: stopped.cause ?? stopped,
          });
    const bundle = entry.last?.bundle;
    results.set(id, {
      target,
      ...(entry.judge.version === undefined ? {} : { version: entry.judge.version }),
      ...(bundle === undefined ? {} : { bundle }),
      error,
      standing: standing(waiting, entry),
    });
  }
  return targets.map((target) => results.get(target.id) ?? { target });
}

function readOptions(budget: Budget): CallOptions {
  return {
    signal: budget.signal,
    deadlineMs: Math.min(budget.deadlineMs, budget.clock.monotonicMs() + readTimeoutMs),
  };
}

/** One work by a plain GET, several by pages of `id in (…)`. */
async function readAll(
  reader: WorkReader,
  ids: readonly string[],
  options: CallOptions,
  onSetAside: (row: SetAsideRow) => void,
): Promise<ReadonlyMap<string, ResourceBundle>> {
  const bundles = new Map<string, ResourceBundle>();
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const bundle = await reader.getBundle(only, options);
    if (bundle !== undefined) bundles.set(only, bundle);
    return bundles;
  }
  for (let start = 0; start < ids.length; start += idsPerPage) {
    const where = { ids: ids.slice(start, start + idsPerPage) };
    for await (const page of reader.listBundles({ where, onSetAside }, options))
      for (const bundle of page) bundles.set(bundle.id, bundle);
  }
  return bundles;
}

/** "3m10s ago" changes with every read and is no news. */
function withoutAges(text: string): string {
  return text.replace(/\b(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+\b/g, '');
}
