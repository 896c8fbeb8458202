import { removedLabel } from '../core/ownership/removals.ts';
import { MaestroError } from '../errors.ts';
import { carryOut, planApply, type Again, type Applied, type ApplyPlan, type ApplyRequest } from './apply.ts';
import { backoffMs, pause, type Budget } from './budget.ts';
import type { WorkLookup } from './lookup.ts';
import type { PublishDeps } from './publish.ts';

/** How often a write is made again, and who is told of it. */
export interface ApplyWorkRun {
  /** How often the work is read and the write made again after a conflict; only a merge may be. */
  readonly conflictRetries: number;
  /**
   * Answers the first read from reads of many works, some time before. A work
   * that they have overlooked, or that was made since, costs one more try.
   */
  readonly lookup?: WorkLookup;
  /** Told what a write would do, before it is done; of each try. */
  readonly onPlan?: (plan: ApplyPlan) => void;
  /** Told of the conflict, before the write is made again. */
  readonly onRetry?: (error: MaestroError) => void;
}

/**
 * Plans a write and carries it out; after a conflict it reads again and makes
 * the write again, as often as the run allows. This is the one place where a
 * write is repeated.
 *
 * A repeated write never does more than the first would have: what the first
 * plan did not remove is not removed, whoever owns it, because it may have come
 * since. A write that is pinned to a version is not repeated: the version that
 * it asks for will not come back.
 *
 * @throws MaestroError as `planApply` and `carryOut` do
 */
export async function applyWork(request: ApplyRequest, deps: PublishDeps, run: ApplyWorkRun, budget: Budget): Promise<Applied> {
  let again: Again | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const plan = await planApply({ ...request, ...(again === undefined ? {} : { again }) }, deps, budget, attempt === 0 ? run.lookup : undefined);
    again ??= {
      mayRemove: new Set(plan.action === 'update' ? plan.removed.map(removedLabel) : []),
      firstReadByName: run.lookup !== undefined,
    };
    run.onPlan?.(plan);
    try {
      return await carryOut(plan, { ...request, again }, deps, budget);
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error.reason !== 'Conflict' || request.ifVersion !== undefined) throw error;
      // Many are read at once, and some time before they are written.
      const overlooked = run.lookup !== undefined && plan.action === 'create' && attempt === 0;
      if (attempt >= run.conflictRetries && !overlooked) throw error;
      run.onRetry?.(error);
      await pause(budget, backoffMs(attempt, budget.random));
    }
  }
}
