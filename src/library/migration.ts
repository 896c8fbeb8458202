import { parseLabelSelector } from '../core/label-selector.ts';
import { failureLimit, parseWaveSize, stagesOf } from '../core/fleet/waves.ts';
import { positionOf, type Goal, type Step } from '../core/migration/advance.ts';
import { formOf } from '../core/migration/forms.ts';
import type { ClusterPlan, NewWork } from '../core/migration/cluster-plan.ts';
import { inventoryOf, type InventoryCluster } from '../core/migration/inventory.ts';
import { patterns } from '../core/migration/old-work.ts';
import type { MigrationPlan } from '../core/migration/plan-file.ts';
import { FailureGroups } from '../core/outcome/failure-groups.ts';
import { exitCodeOfMany } from '../core/outcome/outcome.ts';
import { present } from '../core/present.ts';
import { foldStatus } from '../core/status/fold.ts';
import { MaestroError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { Budget } from '../operations/budget.ts';
import { chooseConsumers } from '../operations/fleet/choose-consumers.ts';
import { fold } from '../operations/fleet/events-of.ts';
import { defaultPublishes } from '../operations/fleet/publish-limits.ts';
import { makePlan, type MadePlan } from '../operations/migrate/make-plan.ts';
import { readClusters } from '../operations/migrate/read-clusters.ts';
import { readRows } from '../operations/migrate/read-rows.ts';
import { outcomeWorks } from '../operations/migrate/outcome-works.ts';
import { runMigration, type MigrationEnd, type MigrationRunEvent } from '../operations/migrate/run-migration.ts';
import { checkGiven, wholeNumber } from './check-given.ts';
import type { ClientCore } from './consumer-works.ts';
import { choiceOf, type GivenConsumers } from './consumer-choice.ts';
import type {
  MigrationEvent,
  MigrationRequest,
  MigrationResult,
  MigrationStatus,
  MovedWorkStatus,
  RunMigrationOptions,
} from './migration-types.ts';
import { migrationPlan } from './option-kinds.ts';
import { tellProgram } from './operation-options.ts';
import type { RollOutStage, RollOutStageResult } from './roll-out-types.ts';

/** The same plan as that of the command, for a program. */
export async function planWorks(core: ClientCore, request: MigrationRequest, budget: Budget): Promise<MadePlan> {
  const { to, name, works, selector, managerOf, prefer } = request;
  if (!patterns.includes(to))
    throw new MaestroError('usage', `a migration leads to one of the patterns ${patterns.join(', ')}`, {
      hint: 'Nothing was sent.',
    });
  const consumers = await chosen(core, request.consumers, 'a migration', budget);
  return makePlan(
    {
      source: core.source,
      to,
      consumers,
      ...present({
        name,
        works,
        managerOf,
        prefer,
        selector: selector === undefined ? undefined : parseLabelSelector(selector),
      }),
    },
    core.reader,
    budget,
  );
}

/** The same as `migrate run`, `finish` and `rollback`, for a program. */
export async function runPlan(
  core: ClientCore,
  plan: MigrationPlan,
  options: RunMigrationOptions,
  budget: Budget,
): Promise<MigrationResult> {
  checkPlan(core, plan);
  const { goal, ownerProof = true, maxFailures, waves, failureGraceMs } = options;
  if (!goals.includes(goal))
    throw new MaestroError('usage', `the goal of a migration is one of ${goals.join(', ')}`, {
      hint: 'Nothing was sent.',
    });
  const size = waves === undefined ? undefined : parseWaveSize(String(waves), 'waves');
  const most = failureLimit(wholeNumber('maxFailures', maxFailures, 1), size);
  const run = {
    goal,
    ownerProof,
    source: plan.source,
    stages: stagesOf(plan.clusters, wholeNumber('canary', options.canary, 0) ?? 0, size),
    maxConcurrency: wholeNumber('maxConcurrency', options.maxConcurrency, 1) ?? defaultPublishes,
    ...present({ maxFailures: most, failureGraceMs }),
  };
  const record = new Record(options.onEvent ?? ((): void => undefined), budget);
  const end = await fold(runMigration(run, core, budget), (step) => record.take(step));
  return record.result(end, plan.clusters, goal);
}

/** Where each cluster of a plan is. A row that cannot be read fails it. */
export async function planStatus(
  core: ClientCore,
  plan: MigrationPlan,
  budget: Budget,
): Promise<readonly MigrationStatus[]> {
  checkPlan(core, plan);
  const read = await readRows(plan.clusters, core.reader, budget);
  return read.map(({ plan: cluster, rows, unreadable: [bad] }): MigrationStatus => {
    if (bad !== undefined) throw bad.error;
    const statusOf = (one: NewWork): MovedWorkStatus => {
      const row = rows.get(one.id);
      const about = { name: one.work.name, id: one.id, form: formOf(one, row) };
      return row === undefined ? about : { ...about, version: row.version, state: foldStatus(row, row.version).kind };
    };
    return {
      consumer: cluster.consumer,
      position: positionOf(cluster, rows),
      old: cluster.old.map((one) => statusOf(one)),
      new: cluster.new.map((one) => statusOf(one)),
    };
  });
}

/** Takes stock of the works of the client's source, cluster by cluster. A row that cannot be read fails it. */
export async function* takeStock(
  core: ClientCore,
  consumers: GivenConsumers,
  budget: Budget,
): AsyncGenerator<InventoryCluster, void, void> {
  const names = await chosen(core, consumers, 'an inventory', budget);
  for await (const { consumer, works, executors, unreadable } of readClusters(
    core.reader,
    core.source,
    names,
    budget,
  )) {
    const [bad] = unreadable;
    if (bad !== undefined) throw bad.error;
    yield inventoryOf(consumer, core.source, works, (id) => executors.has(id));
  }
}

const goals: readonly Goal[] = ['run', 'finish', 'rollback'];

async function chosen(
  core: ClientCore,
  consumers: GivenConsumers,
  what: string,
  budget: Budget,
): Promise<readonly string[]> {
  const found = await chooseConsumers(choiceOf(consumers, what), core.reader, budget);
  return found.map(({ name }) => name);
}

/** A plan is for the works of one source, and a client writes as one. */
function checkPlan({ source }: ClientCore, plan: MigrationPlan): void {
  checkGiven('a plan', plan, migrationPlan);
  const hint = 'Nothing was sent.';
  const clusters: unknown = plan.clusters;
  if (!Array.isArray(clusters))
    throw new MaestroError('invalid-input', 'a plan is what planMigration or readPlan gave', { hint });
  if (plan.source !== source)
    throw new MaestroError('usage', `the plan is for works of the source ${plan.source}, not ${source}`, { hint });
}

/** Takes in what happens, tells it to the program, and sums it up. */
class Record {
  readonly #onEvent: (event: MigrationEvent) => void;
  readonly #budget: Budget;
  readonly #failures = new FailureGroups();
  readonly #exitCodes = new Set<ExitCode>();
  readonly #stages: RollOutStageResult[] = [];
  #stage: RollOutStage = { name: 'wave', number: 0, consumers: [] };
  #begunWallMs = 0;

  constructor(onEvent: (event: MigrationEvent) => void, budget: Budget) {
    this.#onEvent = onEvent;
    this.#budget = budget;
  }

  take(step: MigrationRunEvent): void {
    const wallMs = this.#budget.clock.wallMs();
    if (step.kind === 'stageBegun') {
      const { name, number, members } = step.stage;
      this.#stage = { name, number, consumers: members.map(({ consumer }) => consumer) };
      this.#begunWallMs = wallMs;
    } else if (step.kind === 'stageEnded') {
      const { failed } = step;
      this.#stages.push({ ...this.#stage, begunWallMs: this.#begunWallMs, endedWallMs: wallMs, failed });
    } else if (step.kind === 'outcome') {
      this.#failures.add(step.outcome);
      this.#exitCodes.add(step.outcome.exitCode);
    }
    const told = toldOf(step);
    if (told !== undefined) tellProgram(this.#onEvent, { ...told, wallMs, stage: this.#stage }, 'the migration');
  }

  result({ stoppedBy, notBegun }: MigrationEnd, clusters: readonly ClusterPlan[], goal: Goal): MigrationResult {
    const exitCode = exitCodeOfMany(this.#exitCodes) ?? ExitCode.Done;
    const { signal } = this.#budget;
    return {
      ok: exitCode === ExitCode.Done,
      exitCode,
      works: clusters.reduce((sum, cluster) => sum + outcomeWorks(cluster, goal).length, 0),
      consumers: clusters.length,
      stages: this.#stages,
      failures: this.#failures.end(),
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
      notBegun: notBegun.map(({ consumer, manifestWorkName }) => ({ consumer, name: manifestWorkName })),
      ...(signal.aborted && exitCode !== ExitCode.Done ? { error: MaestroError.fromAbort(signal) } : {}),
    };
  }
}

type Told<E = MigrationEvent> = E extends unknown ? Omit<E, 'wallMs' | 'stage'> : never;

/** What a program is told of an event; a cluster that was not begun has its outcomes alone. */
function toldOf(event: MigrationRunEvent): Told | undefined {
  switch (event.kind) {
    case 'stageBegun':
      return { kind: 'stageBegun' };
    case 'stageEnded':
      return { kind: 'stageEnded', failed: event.failed };
    case 'step':
      return { kind: 'step', ...stepOf(event.consumer, event.step) };
    case 'waiting':
      return { kind: 'waiting', consumer: event.consumer, text: event.text };
    case 'cluster': {
      const { plan, error, notBegun } = event.end;
      if (notBegun === true) return undefined;
      return { kind: 'clusterEnded', consumer: plan.consumer, left: event.left, ...present({ error }) };
    }
    case 'outcome':
      return { kind: 'outcome', outcome: event.outcome };
  }
}

function stepOf(consumer: string, step: Step): Omit<Extract<Told, { readonly kind: 'step' }>, 'kind'> {
  const about = { consumer, name: step.to.work.name, id: step.to.id };
  switch (step.kind) {
    case 'create':
      return { ...about, action: 'create', version: 1 };
    case 'update':
      return { ...about, action: 'update', why: step.why, version: step.version + 1 };
    case 'delete':
      return { ...about, action: 'delete', version: step.version };
  }
}
