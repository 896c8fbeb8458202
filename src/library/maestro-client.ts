import { randomInt } from 'node:crypto';
import { connectInProcess } from '../clients/in-process.ts';
import { connectMaestro } from '../clients/connect.ts';
import { parseExpression } from '../core/expressions/parse.ts';
import { parseSelector } from '../core/expressions/parse-selector.ts';
import { parseLabelSelector } from '../core/label-selector.ts';
import type { Consumer } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import { systemClock } from '../clock.ts';
import { applyMany } from '../operations/fleet/apply-many.ts';
import type { FleetProgress, FleetTask } from '../operations/fleet/fleet-task.ts';
import { callTimeoutMs, waitTimeoutMs } from '../operations/budget.ts';
import { defaultPublishes } from '../operations/fleet/publish-limits.ts';
import { watchWorks, type WatchQuery, type WatchState } from '../operations/watch/watch-works.ts';
import { ClientStates, type ClientState, type ClientStateListener } from './client-states.ts';
import { spanned } from '../operations/tracing.ts';
import { traced } from '../operations/traced-calls.ts';
import { openTelemetryTracer } from './open-telemetry.ts';
import { budgetOf, consumerWorks, type ClientCore, type ConsumerWorks } from './consumer-works.ts';
import { checkGiven, checkText } from './check-given.ts';
import { guarded, guardedEach } from './guarded.ts';
import {
  callLimits,
  clientOptions,
  manyOptions,
  rollOutOptions,
  rollOutRequest,
  rollOutStrategy,
  watchOptions,
} from './option-kinds.ts';
import { deletionsOf, wellFormed, type ApplyManyTask, type Many } from './well-formed.ts';
import { openWatch, type WorkWatch } from './work-watch.ts';
import type { ApplyManyOptions, WatchWorksOptions } from './client-calls.ts';
import { migrationCalls, type MigrationCalls } from './migration-calls.ts';
import { rollOutWorks } from './roll-out.ts';
import type { RollOutOptions, RollOutRequest, RollOutResult } from './roll-out-types.ts';
import { settingsOf, type CallLimits, type MaestroClientOptions } from './options.ts';

/**
 * Maestro for a program that keeps running: one gRPC channel and one HTTP pool,
 * any number of concurrent calls over any consumers, no state shared between
 * them. It prints nothing and touches no process; everything it throws is a
 * MaestroError. `await using` closes it.
 */
export interface MaestroClient extends MigrationCalls {
  readonly source: string;
  /** The works of one consumer; cheap, make as many as you like. */
  works(consumer: string): ConsumerWorks;
  /** All consumers that Maestro has, page by page. */
  consumers(options?: CallLimits): AsyncIterable<Consumer>;
  /**
   * Every work of the source each time its latest state changes, first all of
   * them once. It reconnects and reads again, so that no final state is missed.
   */
  watch(options?: WatchWorksOptions): WorkWatch;
  /**
   * Many writes over one connection, planned from a few large reads, bounded in how many are under way, in order for
   * each consumer. What is stored already is left alone, so a run that ended at any moment can be started again. A
   * task that fails is an outcome (`onOutcome`, `failed`), and nothing that is thrown; so is what a signal or the end
   * of the time left out (`onSkipped`, `skipped`).
   *
   * @throws MaestroError usage for options that contradict each other, invalid-input for what is no list of tasks
   */
  applyMany(tasks: Many<ApplyManyTask>, options?: ApplyManyOptions): Promise<FleetProgress>;
  /** Deletes many works, as `applyMany` writes them. One that does not exist counts as `absent`. */
  deleteMany(
    works: Many<{ readonly consumer: string; readonly name: string }>,
    options?: ApplyManyOptions,
  ): Promise<FleetProgress>;
  /**
   * Applies works to many consumers, stage by stage: a canary, then waves, each waited for before the next one begins.
   * The same roll-out as `apply` with several consumers has, with the same defaults and checks: all works are checked
   * before the first is sent.
   *
   * @throws MaestroError what keeps it from beginning: usage, invalid-input, not-found for consumers that do not exist,
   *   unavailable, access-denied. What fails later is in the result
   */
  rollOut(request: RollOutRequest, options?: RollOutOptions): Promise<RollOutResult>;
  /** Where the streams of watches and stream waits are. */
  readonly state: ClientState;
  /** Told each time `state` changes, with the reason when there is one; what is returned ends that. */
  onState(listener: ClientStateListener): () => void;
  /** Ends watches, closes the channel and the pool. Calls under way fail (`interrupted`). Once is enough. */
  close(): Promise<void>;
  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

const fleetTimeoutMs = 3_600_000;

/** @throws MaestroError usage for settings that cannot work; nothing is sent before the first call */
export function createMaestroClient(options: MaestroClientOptions): Promise<MaestroClient> {
  return guarded(() => openClient(options));
}

async function openClient(options: MaestroClientOptions): Promise<MaestroClient> {
  checkGiven('a client', options, clientOptions);
  checkText('source of a client', options.source);
  const clock = options.clock ?? systemClock;
  const random = options.random ?? ((): number => randomInt(2 ** 32) / 2 ** 32);
  const { inProcess } = options;
  const opened =
    inProcess === undefined
      ? await connectMaestro(settingsOf(options), { clock, random })
      : connectInProcess(inProcess, { clock, random });
  const tracer = options.tracing === false ? undefined : openTelemetryTracer(options.tracing);
  const maestro = tracer === undefined ? opened : traced(opened, tracer);
  const closing = new AbortController();
  const states = new ClientStates();
  const core: ClientCore = {
    source: options.source,
    manager: options.manager ?? options.source,
    writer: maestro.writer,
    reader: maestro.reader,
    subscriber: maestro.subscriber,
    followState: () => states.follow(),
    clock,
    random,
    ...(tracer === undefined ? {} : { tracer }),
    closing: closing.signal,
    onNotice: options.onNotice ?? ((): void => undefined),
  };

  /** A span around many works, with how many they were. */
  const fleetSpan = <T>(work: () => Promise<T>, progressOf: (result: T) => FleetProgress): Promise<T> =>
    spanned(tracer, { name: 'maestro.fleet', attributes: () => ({ 'maestro.source': core.source }) }, async (span) => {
      const result = await work();
      const { done, failed } = progressOf(result);
      span?.set({ 'maestro.works': done, 'maestro.works.failed': failed });
      return result;
    });

  async function many(tasks: Many<FleetTask>, options: ApplyManyOptions = {}): Promise<FleetProgress> {
    checkGiven('many writes', options, manyOptions);
    const { signal, timeoutMs, ...fleet } = options;
    const budget = budgetOf(
      core,
      { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) },
      fleetTimeoutMs,
    );
    const defaults = { merge: false, force: false, conflictRetries: 0, maxConcurrency: defaultPublishes };
    const run = { ...defaults, ...fleet, source: core.source, manager: core.manager };
    return fleetSpan(
      () => applyMany(tasks, core, run, budget),
      (progress) => progress,
    );
  }

  async function rollOutAll(request: RollOutRequest, options: RollOutOptions = {}): Promise<RollOutResult> {
    checkGiven('a roll-out', request, rollOutRequest);
    checkGiven('a roll-out', options, rollOutOptions);
    checkGiven('the strategy of a roll-out', request.strategy ?? {}, rollOutStrategy);
    return fleetSpan(
      () => rollOutWorks(core, request, options, budgetOf(core, options, waitTimeoutMs)),
      ({ progress }) => progress,
    );
  }

  async function close(): Promise<void> {
    closing.abort(new MaestroError('interrupted', 'the client was closed'));
    await maestro.close();
    states.close();
  }

  return {
    source: core.source,
    works: (consumer) => consumerWorks(core, consumer),
    consumers: (limits = {}) => guardedEach(() => allConsumers(core, limits), limits?.signal),
    get state() {
      return states.state;
    },
    onState: (listener) => states.onState(listener),
    watch: (watch = {}) => {
      const query = queryOf(core.source, watch);
      const tell = states.follow();
      const deps = {
        subscriber: maestro.subscriber,
        reader: core.reader,
        clock,
        random,
        onState: (state: WatchState, error?: MaestroError): void => {
          tell(state, error);
          watch.onState?.(state, error);
        },
        ...(watch.onSetAside === undefined ? {} : { onSetAside: watch.onSetAside }),
      };
      const given = watch.signal === undefined ? [closing.signal] : [closing.signal, watch.signal];
      return openWatch(
        (ended) => watchWorks(query, deps, { signal: AbortSignal.any([...given, ended]) }),
        watch.signal,
      );
    },
    applyMany: (tasks, limits) => guarded(async () => many(wellFormed(tasks), limits), limits?.signal),
    rollOut: (request, options) => guarded(() => rollOutAll(request, options), options?.signal),
    ...migrationCalls(core),
    deleteMany: (works, limits) => guarded(async () => many(deletionsOf(works), limits), limits?.signal),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function* allConsumers(core: ClientCore, limits: CallLimits): AsyncGenerator<Consumer> {
  checkGiven('a list of consumers', limits, callLimits);
  for await (const page of core.reader.listConsumers({}, budgetOf(core, limits, callTimeoutMs))) yield* page;
}

/** @throws MaestroError usage for a selector or an expression that does not parse, before anything is sent */
function queryOf(source: string, watch: WatchWorksOptions): WatchQuery {
  try {
    checkGiven('a watch', watch, watchOptions);
    return readQuery(source, watch);
  } catch (caught) {
    throw MaestroError.from(caught);
  }
}

function readQuery(source: string, watch: WatchWorksOptions): WatchQuery {
  return {
    source,
    ...(watch.consumer === undefined ? {} : { consumer: watch.consumer }),
    ...(watch.selector === undefined ? {} : { labels: parseLabelSelector(watch.selector) }),
    ...(watch.resource === undefined ? {} : { resource: parseSelector(watch.resource, 'resource') }),
    ...(watch.condition === undefined ? {} : { condition: parseExpression(watch.condition) }),
    ...(watch.accept === undefined ? {} : { accept: watch.accept }),
  };
}
