import type { StatusSubscriber } from '../clients/index.ts';
import type { WorkReader, WorkWriter } from '../clients/transport.ts';
import { parseLabelSelector } from '../core/label-selector.ts';
import { foldStatus, type WorkState } from '../core/status/fold.ts';
import { tellingOnce } from '../core/text.ts';
import { bundleId } from '../core/works/bundle-id.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import type { ManifestWorkInput } from '../core/works/work-input.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import type { MaestroError } from '../errors.ts';
import { applyWork } from '../operations/apply/apply-work.ts';
import type { Applied } from '../operations/apply/carry-out.ts';
import type { ApplyPlan, ApplyRequest } from '../operations/apply/plan.ts';
import { callTimeoutMs, createBudget, waitTimeoutMs, type Budget } from '../operations/budget.ts';
import { waitTargetOf } from '../operations/apply/wait-target.ts';
import { deleteWork } from '../operations/delete/delete-work.ts';
import { lossTexts } from '../operations/delete/outcomes.ts';
import { waitUntilGone } from '../operations/delete/wait-until-gone.ts';
import { readForShowing } from '../operations/find-work.ts';
import { checkConsumerName, fitWork } from '../operations/fit-work.ts';
import { listWorks } from '../operations/list.ts';
import { checkBeforeWrite } from '../operations/wait/check-condition.ts';
import { conditionOf } from '../operations/wait/conditions.ts';
import { findTarget, tellAdopted } from '../operations/wait/find-target.ts';
import { waitForWorks, type WaitDeps } from '../operations/wait/wait-for-works.ts';
import type { WaitResult } from '../operations/wait/waiting.ts';
import type { WaitCondition, WaitTarget } from '../operations/wait/judge.ts';
import { spanned, workAttributes, type Tracer } from '../operations/tracing.ts';
import { StatusFeed } from '../works/status-feed.ts';
import type { StreamState } from '../works/stream.ts';
import type { Clock } from '../clock.ts';
import { awaitedBy } from './awaited-by.ts';
import { checkGiven, checkText } from './check-given.ts';
import { guarded, guardedEach } from './guarded.ts';
import { applyOptions, callLimits, deleteOptions, listOptions, waitOptions } from './option-kinds.ts';
import type { CallLimits } from './options.ts';
import type {
  ApplyWorkOptions,
  ApplyWorkResult,
  DeleteWorkOptions,
  ListWorksOptions,
  Via,
  WaitWorkOptions,
} from './work-options.ts';

/** The works of one consumer. It holds no state of its own, so any number may be used at once. */
export interface ConsumerWorks {
  readonly consumer: string;
  /**
   * Creates or updates; what is stored already is left alone. The work is checked first, as the command does.
   *
   * @throws MaestroError invalid-input for a work that is not valid, holds nothing, or names another cluster in
   *   `namespace`; not-found for a consumer that does not exist; conflict, ownership
   */
  apply(work: ManifestWorkInput, options?: ApplyWorkOptions): Promise<ApplyWorkResult>;
  /** @throws MaestroError not-found */
  get(name: string, options?: CallLimits): Promise<ResourceBundle>;
  /** Page by page; `selector` as in `app=web,tier!=db`. */
  list(options?: ListWorksOptions): AsyncIterable<ResourceBundle>;
  /**
   * `requested`, or `absent` when there was none. With `wait` it resolves when Maestro has removed the work.
   *
   * @throws MaestroError not-found for a consumer that does not exist; ownership for another source's work, and for one
   *   that holds manifests of other managers (unless `force`)
   */
  delete(name: string, options?: DeleteWorkOptions): Promise<'requested' | 'absent' | 'removed'>;
  /**
   * Resolves with what met the expression; undefined when the work is gone. As the command, it takes the only work of
   * the name by another source where there is none of the client's own.
   *
   * @throws MaestroError usage for what could never come true of the work, and when several other sources have one of
   *   the name; outcome-failed, timeout; not-found with `mustExist`
   */
  wait(name: string, expression: string, options?: WaitWorkOptions): Promise<ResourceBundle | undefined>;
  /** What the status of a work proves at its stored version. */
  state(bundle: ResourceBundle): WorkState;
}

export interface ClientCore {
  readonly source: string;
  readonly manager: string;
  readonly writer: WorkWriter;
  readonly reader: WorkReader;
  readonly subscriber: StatusSubscriber;
  /** For each stream that is opened: whom to tell its states. */
  readonly followState: () => (state: StreamState, error?: MaestroError) => void;
  readonly clock: Clock;
  readonly random: () => number;
  /** Makes spans of what is done, where the program has them made. */
  readonly tracer?: Tracer;
  /** Aborted when the client is closed. */
  readonly closing: AbortSignal;
  readonly onNotice: (text: string) => void;
}

export function consumerWorks(core: ClientCore, consumer: string): ConsumerWorks {
  const { reader, source } = core;

  async function apply(given: ManifestWorkInput, options: ApplyWorkOptions = {}): Promise<ApplyWorkResult> {
    checkGiven('an apply', options, applyOptions);
    // Before the stream is opened that a wait may want.
    const work = fitWork(given, consumer);
    const condition = awaitedBy(options, 'an apply');
    const warn = tellingOnce(core.onNotice);
    const check = (whole: ManifestWork): void => checkBeforeWrite(whole, condition, warn);
    // What a merge leaves behind is known when the work has been read.
    const merges = options.merge === true || options.add === true;
    if (!merges) check(work);
    const run = {
      conflictRetries: options.conflictRetries ?? 0,
      ...(merges ? { onPlan: (plan: ApplyPlan): void => check(plan.work) } : {}),
    };
    const request = requestOf(core, consumer, work, options);
    const budget = budgetOf(core, options, condition === undefined ? callTimeoutMs : waitTimeoutMs);
    const start = { name: 'maestro.apply', attributes: () => workAttributes(source, consumer, work.name) } as const;
    if (condition === undefined)
      return appliedResult(await spanned(core.tracer, start, () => applyWork(request, core, run, budget)));
    const feedOf = { via: options.via, id: bundleId(source, consumer, work.name) };
    const applyAndWait = async (feed: StatusFeed | undefined): Promise<ApplyWorkResult> => {
      const applied = await applyWork(request, core, run, budget);
      const bundle = await waitFor(core, waitTargetOf(applied, consumer), condition, { budget, feed });
      return { ...appliedResult(applied), ...(bundle === undefined ? {} : { bundle }) };
    };
    // Opened before the write, so that no report to it is missed.
    return spanned(core.tracer, start, () => withFeed(core, feedOf, budget, applyAndWait));
  }

  async function get(name: string, options: CallLimits = {}): Promise<ResourceBundle> {
    checkGiven('a get', options, callLimits);
    checkText('the name of a work', name);
    checkConsumerName(consumer);
    return readForShowing(reader, { by: 'name', name, consumer }, source, budgetOf(core, options, callTimeoutMs));
  }

  async function remove(name: string, options: DeleteWorkOptions = {}): Promise<'requested' | 'absent' | 'removed'> {
    checkGiven('a delete', options, deleteOptions);
    const { force = false, orphan = false, manager = core.manager, wait = false } = options;
    const budget = budgetOf(core, options, wait || orphan ? waitTimeoutMs : callTimeoutMs);
    const via = wait ? options.via : undefined;
    const removeAndWait = async (feed: StatusFeed | undefined): Promise<'requested' | 'absent' | 'removed'> => {
      const request = { source, manager, force, orphan };
      const deps = { ...core, onProgress: (_target: WaitTarget, text: string) => core.onNotice(text) };
      const deleted = await deleteWork({ by: 'name', name, consumer }, request, deps, budget);
      // Of a whole work nothing else is left to be told.
      if (deleted.action !== 'requested' && deleted.action !== 'underway') return 'absent';
      for (const text of lossTexts(deleted.losses)) core.onNotice(`${name}: ${text}`);
      if (!wait) return 'requested';
      resultOf(await waitUntilGone([deleted.bundle], waitDeps(core, feed), budget));
      return 'removed';
    };
    const start = { name: 'maestro.delete', attributes: () => workAttributes(source, consumer, name) } as const;
    return spanned(core.tracer, start, () =>
      withFeed(core, { via, id: bundleId(source, consumer, name) }, budget, removeAndWait),
    );
  }

  async function wait(name: string, text: string, options: WaitWorkOptions = {}): Promise<ResourceBundle | undefined> {
    checkGiven('a wait', options, waitOptions);
    checkText('the name of a work', name);
    checkText('the expression of a wait', text);
    checkConsumerName(consumer);
    const condition = conditionOf(text, options);
    const budget = budgetOf(core, options, waitTimeoutMs);
    const asked = { source, await: condition, mustExist: options.mustExist ?? false };
    const target = await findTarget({ by: 'name', name, consumer }, asked, { reader, warn: core.onNotice }, budget);
    return withFeed(core, { via: options.via, id: target.id }, budget, (feed) =>
      waitFor(core, target, condition, { budget, feed }),
    );
  }

  async function* list(options: ListWorksOptions = {}): AsyncGenerator<ResourceBundle> {
    checkGiven('a list', options, listOptions);
    checkConsumerName(consumer);
    const selector = options.selector === undefined ? [] : parseLabelSelector(options.selector);
    const request = { consumers: [consumer], selector, ofSource: source };
    for await (const page of listWorks(reader, request, budgetOf(core, options, callTimeoutMs), options)) yield* page;
  }

  return {
    consumer,
    apply: (work, options) => guarded(() => apply(work, options), options?.signal),
    get: (name, options) => guarded(() => get(name, options), options?.signal),
    list: (options) => guardedEach(() => list(options), options?.signal),
    delete: (name, options) => guarded(() => remove(name, options), options?.signal),
    wait: (name, text, options) => guarded(() => wait(name, text, options), options?.signal),
    state: (bundle) => foldStatus(bundle, bundle.version),
  };
}

function appliedResult({ operation, id, version, removed, losses, sharedWith }: Applied): ApplyWorkResult {
  return { operation, id, version, removed, losses, sharedWith };
}

function requestOf(core: ClientCore, consumer: string, work: ManifestWork, options: ApplyWorkOptions): ApplyRequest {
  const { add = false, merge = add, force = false, noRemove = false } = options;
  return {
    source: core.source,
    consumer,
    work,
    overwrite: false,
    manager: options.manager ?? core.manager,
    merge: merge || add,
    adds: add,
    force,
    noRemove,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
  };
}

async function waitFor(
  core: ClientCore,
  target: WaitTarget,
  condition: WaitCondition,
  { budget, feed }: { readonly budget: Budget; readonly feed: StatusFeed | undefined },
): Promise<ResourceBundle | undefined> {
  const tell = { info: core.onNotice, warn: core.onNotice };
  const deps: WaitDeps = {
    ...waitDeps(core, feed),
    onAdopted: (adopted, bundle) => tellAdopted(adopted, bundle, condition, tell),
  };
  return resultOf(await waitForWorks([target], condition, deps, budget));
}

function waitDeps({ reader, onNotice }: ClientCore, feed: StatusFeed | undefined): WaitDeps {
  return { reader, onProgress: (_target, text) => onNotice(text), ...(feed === undefined ? {} : { feed }) };
}

/** What was read last of the one work; undefined when it is gone. */
function resultOf([result]: readonly WaitResult[]): ResourceBundle | undefined {
  if (result?.error !== undefined) throw result.error;
  return result?.bundle;
}

/** Hears of the work over a stream while `run` runs, when that is asked for. */
async function withFeed<T>(
  core: ClientCore,
  { via, id }: { readonly via: Via | undefined; readonly id: string },
  budget: Budget,
  run: (feed: StatusFeed | undefined) => Promise<T>,
): Promise<T> {
  if (via !== 'stream') return run(undefined);
  const feed = openFeed(core, (event) => event.id === id, budget);
  try {
    return await run(feed);
  } finally {
    await feed.close();
  }
}

/** A stream that cannot be opened is told as a notice; the wait polls then. */
export function openFeed(
  core: ClientCore,
  wants: (event: { readonly id: string }) => boolean,
  budget: Budget,
): StatusFeed {
  const tell = core.followState();
  return new StatusFeed(core.source, core, {
    signal: budget.signal,
    wants,
    onTrouble: (error, givenUp) => {
      if (givenUp) core.onNotice(`the stream of status events cannot be opened: ${error.message}; polling instead`);
    },
    onState: tell,
  });
}

export function budgetOf(
  { clock, random, closing, tracer }: Pick<ClientCore, 'clock' | 'random' | 'closing' | 'tracer'>,
  limits: CallLimits,
  defaultMs: number,
): Budget {
  const signal = AbortSignal.any(limits.signal === undefined ? [closing] : [closing, limits.signal]);
  return createBudget(limits.timeoutMs ?? defaultMs, {
    clock,
    random,
    signal,
    ...(tracer === undefined ? {} : { tracer }),
  });
}
