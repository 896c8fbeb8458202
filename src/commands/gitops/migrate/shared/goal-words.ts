import type { HandoverGoal } from '../../../../gitops/handover/plan.ts';

/** What is said of those that reached the goal. */
export const goalWords: Readonly<Record<HandoverGoal, string>> = {
  run: 'both own',
  finish: 'handed over',
  rollback: 'rolled back',
};
