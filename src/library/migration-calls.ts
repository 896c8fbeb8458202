import type { InventoryCluster } from '../core/migration/inventory.ts';
import type { MigrationPlan } from '../core/migration/plan-file.ts';
import { callTimeoutMs, waitTimeoutMs, type Budget } from '../operations/budget.ts';
import type { MadePlan } from '../operations/migrate/make-plan.ts';
import { spanned } from '../operations/tracing.ts';
import { checkGiven } from './check-given.ts';
import type { GivenConsumers } from './consumer-choice.ts';
import { budgetOf, type ClientCore } from './consumer-works.ts';
import { guarded, guardedEach } from './guarded.ts';
import { planStatus, planWorks, runPlan, takeStock } from './migration.ts';
import type { MigrationRequest, MigrationResult, MigrationStatus, RunMigrationOptions } from './migration-types.ts';
import { callLimits, migrationRequest, runMigrationOptions } from './option-kinds.ts';
import type { CallLimits } from './options.ts';

/** Moving the objects of a source's works to other works, without a moment in which nobody owns them. */
export interface MigrationCalls {
  /**
   * Takes stock of the works of the source before a migration, cluster by cluster: managers, objects, options, and what
   * stands in several works.
   */
  migrationInventory(consumers: GivenConsumers, limits?: CallLimits): AsyncIterable<InventoryCluster>;
  /**
   * Decides how the works of the source move to another pattern, and sends nothing: what `migrate plan` does. With a
   * cluster in `refused` nothing should be carried out. `planDocument` makes the file of a plan, which holds manifests,
   * Secrets too; `readPlan` reads it.
   *
   * @throws MaestroError usage, not-found for consumers that do not exist
   */
  planMigration(request: MigrationRequest, limits?: CallLimits): Promise<MadePlan>;
  /**
   * Carries a plan out, as `migrate run`, `finish` and `rollback` do: new works own the objects before old ones let go,
   * and nothing is deleted before that is proved. After any end the same call goes on from what Maestro has stored.
   *
   * @throws MaestroError what keeps it from beginning: usage, invalid-input. What fails later is in the result
   */
  runMigration(plan: MigrationPlan, options: RunMigrationOptions): Promise<MigrationResult>;
  /** Where each cluster of a plan is, from what Maestro has stored and nothing else. */
  migrationStatus(plan: MigrationPlan, limits?: CallLimits): Promise<readonly MigrationStatus[]>;
}

export function migrationCalls(core: ClientCore): MigrationCalls {
  const reading = <T>(limits: CallLimits | undefined, call: (budget: Budget) => Promise<T>): Promise<T> =>
    guarded(async () => {
      checkGiven('a migration', limits ?? {}, callLimits);
      return call(budgetOf(core, limits ?? {}, callTimeoutMs));
    }, limits?.signal);

  async function run(plan: MigrationPlan, options: RunMigrationOptions): Promise<MigrationResult> {
    checkGiven('a migration', options, runMigrationOptions);
    const budget = budgetOf(core, options, waitTimeoutMs);
    const start = { name: 'maestro.fleet', attributes: () => ({ 'maestro.source': core.source }) } as const;
    return spanned(core.tracer, start, async (span) => {
      const result = await runPlan(core, plan, options, budget);
      const failed = result.failures.reduce((sum, { works }) => sum + works.length, 0);
      span?.set({ 'maestro.works': result.works, 'maestro.works.failed': failed });
      return result;
    });
  }

  return {
    migrationInventory: (consumers, limits = {}) =>
      guardedEach(() => {
        checkGiven('an inventory', limits, callLimits);
        return takeStock(core, consumers, budgetOf(core, limits, callTimeoutMs));
      }, limits?.signal),
    planMigration: (request, limits) =>
      reading(limits, (budget) => {
        checkGiven('a migration', request, migrationRequest);
        return planWorks(core, request, budget);
      }),
    runMigration: (plan, options) => guarded(() => run(plan, options), options?.signal),
    migrationStatus: (plan, limits) => reading(limits, (budget) => planStatus(core, plan, budget)),
  };
}
