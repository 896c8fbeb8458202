import type { Goal } from '../../../core/migration/advance.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';

/** What is said of works that reached the goal. */
export const endWords: Readonly<Record<Goal, string>> = {
  run: 'both own',
  finish: 'migrated',
  rollback: 'rolled back',
};

/** Clusters on which finish has begun, or is over, are no news of run. */
export function isFurther(goal: Goal, { exitCode, reason }: Pick<WorkOutcome, 'exitCode' | 'reason'>): boolean {
  return goal === 'run' && exitCode === 0 && reason !== 'BothOwn';
}
