import type { TemplateConsumer } from '../core/fleet/consumer-template.ts';
import { parseWaveSize } from '../core/fleet/waves.ts';
import { FailureGroups } from '../core/outcome/failure-groups.ts';
import { exitCodeOfMany } from '../core/outcome/outcome.ts';
import { conditionType } from '../core/status/work-status.ts';
import { tellingOnce } from '../core/text.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import { workOf, type ManifestWorkInput } from '../core/works/work-input.ts';
import { MaestroError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Budget } from '../operations/budget.ts';
import { fitWork } from '../operations/fit-work.ts';
import { chooseConsumers, namedConsumers } from '../operations/fleet/choose-consumers.ts';
import { fold } from '../operations/fleet/events-of.ts';
import { fleetFeed, type FleetFeed } from '../operations/fleet/fleet-feed.ts';
import type { ApplyTask } from '../operations/fleet/fleet-task.ts';
import { defaultPublishes } from '../operations/fleet/publish-limits.ts';
import { rollOut, type RollOutEnd, type RollOutEvent as Step } from '../operations/fleet/roll-out.ts';
import { awaitedOf, stagedBy, type RollOutStrategy as Strategy } from '../operations/fleet/strategy.ts';
import { checkBeforeWrite } from '../operations/wait/check-condition.ts';
import { conditionOf } from '../operations/wait/conditions.ts';
import { awaitedBy } from './awaited-by.ts';
import { wholeNumber } from './check-given.ts';
import { openFeed, type ClientCore } from './consumer-works.ts';
import { choiceOf } from './consumer-choice.ts';
import { tellProgram } from './operation-options.ts';
import type {
  RollOutEvent,
  RollOutOptions,
  RollOutRequest,
  RollOutResult,
  RollOutStage,
  RollOutStageResult,
} from './roll-out-types.ts';

/** The same roll-out as that of the command, for a program. */
export async function rollOutWorks(
  core: ClientCore,
  request: RollOutRequest,
  { onEvent = (): void => undefined, via }: Pick<RollOutOptions, 'onEvent' | 'via'>,
  budget: Budget,
): Promise<RollOutResult> {
  const choice = choiceOf(request.consumers, 'a roll-out');
  const strategy = strategyOf(request);
  const needsLabels = typeof request.works === 'function';
  const consumers = namedConsumers(choice, needsLabels) ?? (await chooseConsumers(choice, core.reader, budget));
  const warn = tellingOnce(core.onNotice);
  const count = checkAll(request, consumers, strategy, warn);
  const { merge = false, force = false, noRemove = false, conflictRetries = 0, dryRun = false } = request;
  const stream =
    via === 'stream' && !dryRun
      ? fleetFeed((wants) => openFeed(core, wants, budget), strategy.await === undefined)
      : undefined;
  const record = new Record(onEvent, stream);
  try {
    const manager = request.manager ?? core.manager;
    const events = rollOut(
      {
        ...stagedBy(consumers, dryRun ? withoutWait(strategy) : strategy),
        // A dry run tells what would be refused, so it knows what is awaited.
        ...(strategy.await === undefined ? {} : { await: strategy.await }),
        tasksOf: (consumer) => tasksOf(request, consumer, manager),
        ...{ source: core.source, manager, merge, force, noRemove, conflictRetries, dryRun },
        ...(stream === undefined ? {} : { feed: stream.feed }),
        onWarning: warn,
      },
      core,
      budget,
    );
    const end = await fold(events, (step) => record.take(step));
    return record.result(end, { works: count, consumers: consumers.length, signal: budget.signal });
  } finally {
    await stream?.feed.close();
  }
}

/** Takes in what happens, tells it to the program, and sums it up. */
class Record {
  readonly #onEvent: (event: RollOutEvent) => void;
  readonly #stream: FleetFeed | undefined;
  readonly #failures = new FailureGroups();
  readonly #exitCodes = new Set<ExitCode>();
  readonly #stages: RollOutStageResult[] = [];
  #stage: RollOutStage = { name: 'wave', number: 0, consumers: [] };
  #begunWallMs = 0;

  constructor(onEvent: (event: RollOutEvent) => void, stream: FleetFeed | undefined) {
    this.#onEvent = onEvent;
    this.#stream = stream;
  }

  take(step: Step<TemplateConsumer>): void {
    if (step.kind === 'stageBegun') this.#begin(step.stage, step.wallMs);
    else if (step.kind === 'stageEnded')
      this.#stages.push({
        ...this.#stage,
        begunWallMs: this.#begunWallMs,
        endedWallMs: step.wallMs,
        failed: step.failed,
      });
    else if (step.kind === 'waiting') this.#stream?.waiting();
    else if (step.kind === 'written') {
      const { outcome } = step.written;
      if (outcome.error === undefined && outcome.id !== undefined) this.#stream?.written(outcome.id);
    } else if (step.kind === 'outcome') {
      this.#failures.add(step.outcome);
      this.#exitCodes.add(step.outcome.exitCode);
    }
    const told = toldOf(step);
    if (told !== undefined)
      tellProgram(this.#onEvent, { ...told, wallMs: step.wallMs, stage: this.#stage }, 'the roll-out');
  }

  #begin(
    {
      name,
      number,
      members,
    }: { readonly name: RollOutStage['name']; readonly number: number; readonly members: readonly TemplateConsumer[] },
    wallMs: number,
  ): void {
    this.#stage = { name, number, consumers: members.map((member) => member.name) };
    this.#begunWallMs = wallMs;
  }

  result(
    { progress, stoppedBy, notBegun }: RollOutEnd,
    about: { readonly works: number; readonly consumers: number; readonly signal: AbortSignal },
  ): RollOutResult {
    const exitCode = exitCodeOfMany(this.#exitCodes) ?? ExitCode.Done;
    return {
      ok: exitCode === ExitCode.Done,
      exitCode,
      works: about.works,
      consumers: about.consumers,
      progress,
      stages: this.#stages,
      failures: this.#failures.end(),
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
      notBegun: notBegun.map(({ consumer, manifestWorkName }) => ({ consumer, name: manifestWorkName })),
      ...(about.signal.aborted && exitCode !== ExitCode.Done ? { error: MaestroError.fromAbort(about.signal) } : {}),
    };
  }
}

type Told<E = RollOutEvent> = E extends unknown ? Omit<E, 'wallMs' | 'stage'> : never;

/** What a program is told of a step; that a wait is over is in the outcome, and where works stand in the counts. */
function toldOf(step: Step<TemplateConsumer>): Told | undefined {
  switch (step.kind) {
    case 'stageBegun':
      return { kind: 'stageBegun' };
    case 'stageEnded':
      return { kind: 'stageEnded', failed: step.failed };
    case 'planned': {
      const { task, plan } = step;
      const differences = plan.action === 'update' ? plan.differences : [];
      return { kind: 'planned', consumer: task.consumer, name: task.work.name, action: plan.action, differences };
    }
    case 'written':
      return { kind: 'written', outcome: step.written.outcome };
    case 'waiting':
      return { kind: 'waiting', count: step.count, wait: step.condition.text };
    case 'changed':
      return { kind: 'changed', consumer: step.target.consumer, name: step.target.name, text: step.text };
    case 'looked':
      return { kind: 'looked', counts: step.counts };
    case 'outcome':
      return { kind: 'outcome', outcome: step.outcome };
    case 'progress':
      return { kind: 'progress', progress: step.progress };
    case 'stands':
    case 'waited':
      return undefined;
  }
}

function strategyOf(request: RollOutRequest): Strategy {
  const { waves, maxConcurrency, maxFailures, canary: given } = request.strategy ?? {};
  const canary = wholeNumber('canary', given, 0) ?? 0;
  const awaited = awaitedBy(request, 'a roll-out', canary > 0 ? conditionType.applied : undefined);
  return {
    canary,
    maxConcurrency: wholeNumber('maxConcurrency', maxConcurrency, 1) ?? defaultPublishes,
    ...(waves === undefined ? {} : { waves: parseWaveSize(String(waves), 'waves') }),
    ...(maxFailures === undefined ? {} : { maxFailures: wholeNumber('maxFailures', maxFailures, 1) ?? 1 }),
    ...(request.wait === undefined || awaited === undefined ? {} : { await: awaited }),
    canaryAwait: awaited ?? conditionOf(conditionType.applied),
  };
}

/** Nothing is written, so there is nothing to wait for. */
function withoutWait({ await: _awaited, canary: _canary, ...rest }: Strategy): Strategy {
  return { ...rest, canary: 0 };
}

function worksFor({ works }: RollOutRequest, consumer: TemplateConsumer): readonly ManifestWork[] {
  const given = typeof works === 'function' ? made(works, consumer) : works;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((one) => workOf(one as ManifestWorkInput));
}

/** What a program's own function throws is no bug of ours. */
function made(
  works: Extract<RollOutRequest['works'], (...args: never) => unknown>,
  { name, labels }: TemplateConsumer,
): ManifestWorkInput | readonly ManifestWorkInput[] {
  try {
    return works({ name, labels });
  } catch (caught) {
    if (caught instanceof MaestroError) throw caught;
    const text = caught instanceof Error ? caught.message : String(caught);
    throw new MaestroError('invalid-input', `no works for ${name}: ${text}`, { cause: caught });
  }
}

function* tasksOf(request: RollOutRequest, consumer: TemplateConsumer, manager: string): Generator<ApplyTask> {
  for (const work of worksFor(request, consumer)) yield { op: 'apply', consumer: consumer.name, work, manager };
}

/**
 * Checks what goes to each consumer before anything is sent to the first.
 *
 * @returns how many works there are
 */
function checkAll(
  request: RollOutRequest,
  consumers: readonly TemplateConsumer[],
  strategy: Strategy,
  warn: (text: string) => void,
): number {
  const awaited = awaitedOf(strategy);
  let count = 0;
  for (const consumer of consumers) {
    const names = new Set<string>();
    for (const work of worksFor(request, consumer)) {
      count += 1;
      const fit = fitWork(work, consumer.name);
      // With a merge the roll-out checks it, of each work when that has been read.
      if (request.merge !== true) checkBeforeWrite(fit, awaited, warn);
      if (names.has(work.name))
        throw new MaestroError('invalid-input', `the work ${work.name} for ${consumer.name} is given twice`, {
          hint: 'Nothing was sent.',
        });
      names.add(work.name);
    }
  }
  if (count === 0) throw new MaestroError('usage', 'a roll-out needs works', { hint: 'Nothing was sent.' });
  return count;
}
