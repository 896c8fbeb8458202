import type { WorkOutcome } from '../../core/outcome/outcome.ts';
import type { Budget } from '../budget.ts';
import type { PublishDeps } from '../publish.ts';
import { acceptedOutcome, predictedOutcome } from '../work-outcomes.ts';
import { applyWork, sharedBy, type ApplyWorkRun } from './apply-work.ts';
import type { Applied } from './carry-out.ts';
import { planApply, type ApplyPlan, type ApplyRequest } from './plan.ts';

/** What a write came to, and the outcome of the work where nothing is waited for. */
export type Written =
  | { readonly applied: Applied; readonly outcome: WorkOutcome }
  /** A dry run. */
  | { readonly plan: ApplyPlan; readonly outcome: WorkOutcome };

/**
 * Applies a work, or only predicts what that would do.
 *
 * @throws MaestroError as `applyWork` does
 */
export async function writeWork(
  request: ApplyRequest,
  deps: PublishDeps,
  run: ApplyWorkRun & { readonly dryRun: boolean },
  budget: Budget,
): Promise<Written> {
  if (run.dryRun) {
    const plan = await planApply(request, deps, budget, run.lookup);
    run.onPlan?.(plan);
    const sharedWith = await sharedBy(plan, deps, budget, run.lookup);
    return { plan, outcome: predictedOutcome(plan, request.consumer, sharedWith) };
  }
  const applied = await applyWork(request, deps, run, budget);
  return { applied, outcome: acceptedOutcome(applied, request.consumer) };
}
