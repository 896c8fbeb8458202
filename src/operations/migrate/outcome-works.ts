import type { Goal } from '../../core/migration/advance.ts';
import type { ClusterPlan, NewWork } from '../../core/migration/cluster-plan.ts';

/** The works that the objects of a cluster are to be in. */
export function outcomeWorks(plan: ClusterPlan, goal: Goal): readonly NewWork[] {
  return goal === 'rollback' ? plan.old : plan.new;
}
