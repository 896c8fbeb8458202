import type { Budget } from '../../operations/budget.ts';
import type { Places } from '../../operations/fleet/publish-limits.ts';
import type { AdvanceOptions } from './advance.ts';
import type { HandoverDeps, HandoverEvent } from './events.ts';
import type { HandoverPlan } from './plan.ts';
import type { Sender } from './send.ts';

/** What the runs of all clusters share. */
export interface ClusterRunParts {
  readonly plan: HandoverPlan;
  readonly options: AdvanceOptions & { readonly dryRun: boolean; readonly failureGraceMs: number };
  readonly deps: HandoverDeps;
  readonly budget: Budget;
  readonly sender: Sender;
  /** Clusters that are read at once. */
  readonly reads: Places;
  /** How many clusters are under way: many of them look less often. */
  readonly underway: () => number;
  readonly mayBegin: () => boolean;
  /** Throws when the other model may write to clusters by now. */
  readonly stillAllowed: () => Promise<void>;
  readonly tell: (event: HandoverEvent) => void;
}
