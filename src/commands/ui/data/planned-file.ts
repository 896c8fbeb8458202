import { MaestroError } from '../../../errors.ts';
import { planApply, type ApplyPlan, type ApplyRequest } from '../../../operations/apply/plan.ts';
import { withinMs, type Budget } from '../../../operations/budget.ts';
import { openReporter } from '../../../output/reporter.ts';
import { changesOfPlan } from '../../shared/change/plan-changes.ts';
import { prepareWorks, requestOf, type PreparedWork } from '../../shared/input/prepare-works.ts';
import type { PartChange } from '../../shared/change/work-changes.ts';
import type { WriteOptions } from '../../shared/write/write-options.ts';
import type { GatherDeps, WorkPointer } from '../frame/view.ts';
import type { OpenedWork } from './opened-work.ts';

/** What a write would do, as it was decided from one read. */
export interface PlannedWrite {
  readonly prepared: PreparedWork;
  readonly request: ApplyRequest;
  readonly plan: ApplyPlan;
  /** Masked; empty when nothing would change. */
  readonly changes: readonly PartChange[];
  /** What else whoever writes it should know. */
  readonly notices: readonly string[];
}

const planWithinMs = 30_000;

/**
 * Reads a file that holds one work, and decides what applying it to a cluster would do. Nothing is sent.
 *
 * @param name of the work; the file's own when absent
 * @throws MaestroError as apply does
 */
export async function planFile(
  path: string,
  { name, consumer }: { readonly name?: string; readonly consumer: string },
  deps: GatherDeps,
): Promise<PlannedWrite> {
  if (path === '-') throw new MaestroError('usage', 'standard input is the keyboard here; name a file');
  const { context, options } = deps;
  const wanted = { ...writeOptionsOf(deps, consumer), files: [path], ...(name === undefined ? {} : { name }) };
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const works = await prepareWorks(wanted, context, reporter);
  const [prepared] = works;
  if (prepared === undefined || works.length > 1)
    throw new MaestroError('usage', `${path} holds ${works.length} works, and here one is written at a time`);
  return planWrite(prepared, deps);
}

/** Decides what writing a work would do. Nothing is sent. */
async function planWrite(prepared: PreparedWork, deps: GatherDeps): Promise<PlannedWrite> {
  const { maestro } = deps.session;
  const budget = planBudget(deps);
  const request = requestOf(prepared, writeOptionsOf(deps, prepared.consumer));
  const notices: string[] = [];
  const plan = await planApply(request, { ...maestro, onNotice: (text) => notices.push(text) }, budget);
  return { prepared, request, plan, changes: await changesOfPlan(plan, maestro, budget), notices };
}

/** The time that one such plan, or one write, may take. */
export function planBudget({ session, signal }: GatherDeps): Budget {
  return { ...withinMs(session.budget, planWithinMs), signal };
}

/** As `apply` without further flags: nothing of other managers is replaced. */
function writeOptionsOf({ options }: GatherDeps, consumer: string): WriteOptions {
  const { source, manager } = options;
  return {
    source,
    files: [],
    consumer,
    ...(manager === undefined ? {} : { manager }),
    overwrite: false,
    merge: false,
    force: false,
    noRemove: false,
  };
}

/** Shows in the view of the work what a file would make of it, or why that cannot be told. */
export async function compareWithFile(path: string, opened: OpenedWork, deps: GatherDeps): Promise<void> {
  const pointer: WorkPointer | undefined = opened.picture?.pointer;
  if (pointer === undefined) return;
  try {
    const { plan, changes } = await planFile(path, pointer, deps);
    const version = plan.action === 'create' ? 0 : plan.stored.version;
    opened.compared({ path, version, changes });
  } catch (caught) {
    if (deps.signal.aborted) return;
    opened.compared({ path, error: MaestroError.from(caught) });
  }
}
