import type { ClusterPlan } from '../../../core/migration/cluster-plan.ts';
import { readPlan, type MigrationPlan } from '../../../core/migration/plan-file.ts';
import { listed } from '../../../core/text.ts';
import { MaestroError } from '../../../errors.ts';
import { readInput, type Source } from '../../../io/input-files.ts';

/**
 * Reads the plan, and the clusters of it that are asked about.
 *
 * @param consumers names; empty: all
 * @throws MaestroError invalid-input for what is no plan, usage for a cluster that is not in it
 */
export async function readPlanFile(path: string, consumers: readonly string[], source: Source): Promise<MigrationPlan> {
  const { text, name } = await readInput(path, source);
  const plan = readPlan(text, name);
  if (consumers.length === 0) return plan;
  const missing = consumers.filter((consumer) => !plan.clusters.some((cluster) => cluster.consumer === consumer));
  if (missing.length > 0)
    throw new MaestroError('usage', `the plan ${name} has no cluster ${listed(missing)}`, {
      reason: 'NothingSelected',
    });
  return { ...plan, clusters: plan.clusters.filter(({ consumer }) => consumers.includes(consumer)) };
}

/** Names of the works that a cluster has before and after. */
export function namesOf(works: ClusterPlan['new']): readonly string[] {
  return works.map(({ work }) => work.name);
}
