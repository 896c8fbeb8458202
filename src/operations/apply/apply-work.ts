import { removedLabel } from '../../core/ownership/removals.ts';
import { MaestroError } from '../../errors.ts';
import { carryOut, type Applied } from './carry-out.ts';
import { planApply, type Again, type ApplyPlan, type ApplyRequest } from './plan.ts';
import { backoffMs } from '../../core/back-off.ts';
import { pause, type Budget } from '../budget.ts';
import type { WorkLookup } from '../lookup.ts';
import { unknownBehind, type PublishDeps } from '../publish.ts';
import type { SharedObject } from '../../core/ownership/shared-object.ts';
import { lookForSharing, objectsBrought } from '../shared-objects.ts';

/** How often a write is made again, and who is told of it. */
export interface ApplyWorkRun {
  /**
   * How often the work is read and a merge made again after a conflict; a replacement is not, it would undo the other
   * write.
   */
  readonly conflictRetries: number;
  /**
   * Answers the first read from reads of many works, some time before. A work
   * that they have overlooked, or that was made since, costs one more try.
   */
  readonly lookup?: WorkLookup;
  /** Told what a write would do, before it is done; of each try. Nothing is sent where it throws. */
  readonly onPlan?: (plan: ApplyPlan) => void;
  /** Told of the conflict, before the write is made again. */
  readonly onRetry?: (error: MaestroError) => void;
}

/**
 * Plans a write and carries it out; after a conflict it reads again and makes
 * the write again, as often as the run allows. This is the one place where a
 * write is repeated. A write that brings objects into its work looks first
 * whether other works of the consumer hold them too, once.
 *
 * A repeated write never does more than the first would have: what the first
 * plan did not remove is not removed, whoever owns it, because it may have come
 * since. A write that is pinned to a version is not repeated: the version that
 * it asks for will not come back.
 *
 * @throws MaestroError as `planApply` and `carryOut` do
 */
export async function applyWork(
  request: ApplyRequest,
  deps: PublishDeps,
  run: ApplyWorkRun,
  budget: Budget,
): Promise<Applied> {
  const retries = request.merge ? run.conflictRetries : 0;
  let again: Again | undefined;
  let sharedWith: readonly SharedObject[] | undefined;
  // Set when an earlier try may have been stored: what is refused later does not undo that.
  let doubt: MaestroError | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const plan = await planApply(
      { ...request, ...(again === undefined ? {} : { again }) },
      deps,
      budget,
      attempt === 0 ? run.lookup : undefined,
    )
      .then((made) => {
        run.onPlan?.(made);
        return made;
      })
      .catch((caught: unknown) => {
        throw doubt ?? caught;
      });
    again ??= {
      mayRemove: new Set(plan.action === 'update' ? plan.removed.map(removedLabel) : []),
      firstReadByName: run.lookup !== undefined,
    };
    sharedWith ??= await sharedBy(plan, deps, budget, run.lookup);
    try {
      const applied = await carryOut(plan, { ...request, again }, deps, budget);
      return { ...applied, sharedWith: sharedWith ?? [] };
    } catch (caught) {
      const error = MaestroError.thrownUnder(budget.signal, caught);
      if (error.reason === 'Conflict' && error.delivery === 'unknown') doubt ??= unknownBehind(error);
      if (error.reason !== 'Conflict' || request.ifVersion !== undefined) throw doubt ?? error;
      // Many are read at once, and some time before they are written.
      const overlooked = run.lookup !== undefined && plan.action === 'create' && attempt === 0;
      if (attempt >= retries && !overlooked) throw doubt ?? error;
      run.onRetry?.(error);
      await pause(budget, backoffMs(attempt, budget.random));
    }
  }
}

/**
 * Objects that the plan would bring into its work and that other works of the
 * consumer hold as well. Undefined when there is nothing to ask for, as for
 * most writes: they change what is there already.
 *
 * @param lookup what was read of many works may hold the answer
 */
export async function sharedBy(
  plan: ApplyPlan,
  deps: Pick<PublishDeps, 'reader' | 'onNotice'>,
  budget: Budget,
  lookup?: WorkLookup,
): Promise<readonly SharedObject[] | undefined> {
  const keys = objectsBrought(plan);
  if (keys.length === 0) return undefined;
  const { id, consumer } = plan.target;
  const known = lookup?.shared?.(id);
  return known ?? (await lookForSharing({ consumer, id, keys }, plan.work.name, deps, budget)) ?? [];
}
