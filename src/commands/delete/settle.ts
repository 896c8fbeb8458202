import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { deleteLetGo } from '../../operations/delete/delete-work.ts';
import type { LettingGo } from '../../operations/delete/orphan.ts';
import { goneOutcome, type Requested } from '../../operations/delete/outcomes.ts';
import { goneTarget, waitUntilGone } from '../../operations/delete/wait-until-gone.ts';
import { untilApplied } from '../../operations/wait/conditions.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import { waitForWorks, type WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { NextStage, WaitResult } from '../../operations/wait/waiting.ts';
import { waitedOutcome } from '../../operations/work-outcomes.ts';
import { deleteDeps, outcomeSoFar, type Asked, type DeleteRun } from './works.ts';

/**
 * Waits for what was asked for, where the options or the order of things say so, and tells the outcome of each. All
 * works share one wait, so that an agent that is away keeps no other work waiting: a work that is to let go of its
 * objects is deleted as soon as that is proven.
 */
export async function settleWorks(asked: readonly Asked[], run: DeleteRun): Promise<readonly WorkOutcome[]> {
  const deletions = new Map<string, Promise<Requested>>();
  const results = await waitForAll(asked, deletions, run);
  if (results.length > 0) run.reporter.end();
  const byId = new Map(results.map((result) => [result.target.id, result]));
  const outcomes: WorkOutcome[] = [];
  for (const one of asked) {
    const result = byId.get(idOf(one));
    if ('lettingGo' in one) outcomes.push(await letGoOutcome(one.lettingGo, result, { run, deletions }));
    else outcomes.push(result === undefined ? outcomeSoFar(one) : settledOutcome(one, result, run));
  }
  return outcomes;
}

async function waitForAll(
  asked: readonly Asked[],
  deletions: Map<string, Promise<Requested>>,
  run: DeleteRun,
): Promise<readonly WaitResult[]> {
  const { options, budget } = run;
  const going = options.watch ? asked.flatMap((one) => ('requested' in one ? [one.requested.bundle] : [])) : [];
  const reported = asked.flatMap((one) =>
    'lettingGo' in one ? [one.lettingGo.target] : 'target' in one ? [one.target] : [],
  );
  const works = going.length + reported.length;
  if (works === 0) return [];
  if (reported.length === 0) return waitUntilGone(going, waitDeps(run, 'Removed', works), budget);
  const lettingGo = new Map(
    asked.flatMap((one) => ('lettingGo' in one ? [[one.lettingGo.target.id, one.lettingGo] as const] : [])),
  );
  const onMet = (result: WaitResult): NextStage | undefined => {
    const one = lettingGo.get(result.target.id);
    if (one === undefined) return undefined;
    const begun = requestOf(one, result, run);
    deletions.set(one.target.id, begun);
    return options.watch ? { target: goneTarget(result.bundle ?? one.bundle), begun } : undefined;
  };
  const targets: readonly WaitTarget[] = [...reported, ...going.map((bundle) => goneTarget(bundle))];
  const awaited = options.watch && options.resources.length === 0 ? 'Removed' : 'Applied';
  return waitForWorks(targets, untilApplied, { ...waitDeps(run, awaited, works), onMet }, budget);
}

/** Deletes a work whose agent has let go. Who waits for its outcome comes to it late, so its failure is kept. */
function requestOf(one: LettingGo, result: WaitResult, run: DeleteRun): Promise<Requested> {
  const begun = deleteLetGo({ lettingGo: one, result }, run.options, deleteDeps(run), run.budget).then((deleted) => {
    run.reporter.end();
    run.output.deleted(deleted, one.bundle.consumerName);
    return deleted;
  });
  begun.catch(() => undefined);
  return begun;
}

async function letGoOutcome(
  one: LettingGo,
  result: WaitResult | undefined,
  { run, deletions }: { readonly run: DeleteRun; readonly deletions: ReadonlyMap<string, Promise<Requested>> },
): Promise<WorkOutcome> {
  const { bundle, target } = one;
  try {
    const requested = await (deletions.get(target.id) ?? requestOf(one, result ?? { target }, run));
    if (result === undefined || !run.options.watch) return outcomeSoFar({ requested });
    return goneOf(requested, result, run);
  } catch (caught) {
    const named = { manifestWorkName: workName(bundle), consumer: bundle.consumerName, id: bundle.id };
    return failedWork(named, MaestroError.from(caught), false);
  }
}

function settledOutcome(
  one: Exclude<Asked, { readonly lettingGo: LettingGo }>,
  result: WaitResult,
  run: DeleteRun,
): WorkOutcome {
  if ('outcome' in one) return one.outcome;
  if ('requested' in one) return goneOf(one.requested, result, run);
  const { reduced } = one;
  const { operation, ...effects } =
    reduced.action === 'reduced' ? reduced.applied : { operation: 'unchanged' as const };
  return waitedOutcome(result, { operation, text: 'Applied', accepted: true, effects });
}

function goneOf(requested: Requested, result: WaitResult, { output }: DeleteRun): WorkOutcome {
  const outcome = goneOutcome(requested, result);
  if (outcome.error === undefined) output.gone(outcome, result.bundle);
  return outcome;
}

function idOf(one: Asked): string {
  if ('requested' in one) return one.requested.bundle.id;
  if ('lettingGo' in one) return one.lettingGo.target.id;
  return 'target' in one ? one.target.id : '';
}

function waitDeps(run: DeleteRun, ...[condition, works]: Parameters<DeleteRun['telling']>): WaitDeps {
  const { maestro, feed } = run;
  return { reader: maestro.reader, ...run.telling(condition, works), ...(feed === undefined ? {} : { feed }) };
}
