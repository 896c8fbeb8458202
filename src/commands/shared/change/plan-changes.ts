import type { Notation } from '../../../core/fleet/consumer-notation.ts';
import { storedContent } from '../../../core/works/document.ts';
import { MaestroError } from '../../../errors.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import type { Budget } from '../../../operations/budget.ts';
import { storedExecutor, type BundleLister } from '../../../operations/executor.ts';
import { changesBetween, type ExecutorChange, type PartChange } from './work-changes.ts';

/** What a planned write would change, sorted and masked; empty when it would change nothing. */
export async function changesOfPlan(
  plan: ApplyPlan,
  { reader, notation }: { readonly reader: BundleLister; readonly notation?: Notation | undefined },
  budget: Budget,
): Promise<readonly PartChange[]> {
  const { work } = plan;
  switch (plan.action) {
    case 'unchanged':
      return [];
    case 'create': {
      const { executor } = work;
      return changesBetween(undefined, work, {
        notation,
        executor: executor === undefined ? undefined : { before: undefined, after: executor },
      });
    }
    case 'update': {
      const executor = await executorChange(plan, reader, budget);
      const changes = changesBetween(storedContent(plan.stored), work, { notation, executor });
      if (changes.length > 0) return changes;
      throw new MaestroError('internal', `${work.name} would be updated, and no difference was found`);
    }
  }
}

/** REST never shows an executor, so what is stored has to be asked for; undefined when it stays as it is. */
async function executorChange(
  plan: Extract<ApplyPlan, { action: 'update' }>,
  reader: BundleLister,
  budget: Budget,
): Promise<ExecutorChange | undefined> {
  const after = plan.work.executor;
  const stored = await storedExecutor(reader, plan.stored, after, budget);
  switch (stored.kind) {
    case 'none':
      return after === undefined ? undefined : { before: undefined, after };
    case 'known':
      return stored.executor === after ? undefined : { before: stored.executor, after };
    case 'unreadable':
      return { before: { unknown: 'Maestro does not show the executor that is stored' }, after };
  }
}
