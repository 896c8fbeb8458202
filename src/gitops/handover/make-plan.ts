import type { LabelSelector } from '../../core/label-selector.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import type { HandoverDirection, HandoverPlan, HandoverSettings, LeftOut } from './plan.ts';
import type { HandoverDeps } from './run-handover.ts';

/** What is to be planned. */
export interface HandoverSelection {
  readonly direction: HandoverDirection;
  readonly source: string;
  /** Asked from the hub when absent. */
  readonly hubId?: string;
  readonly settings: HandoverSettings;
  /** These clusters; all that have something to hand over when absent. */
  readonly clusters?: readonly string[];
  /** By the labels of the ManagedCluster. */
  readonly clusterSelector?: LabelSelector;
  /** Agrees to every difference in `spec` that is found. */
  readonly acceptDifferences: boolean;
}

export interface MadeHandoverPlan {
  readonly plan: HandoverPlan;
  /** What the plan leaves out, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Applications of the plan that would be parked as things are. */
  readonly parked: readonly LeftOut[];
}

/**
 * Plans a handover: reads hub and Maestro, and writes nothing.
 *
 * @throws MaestroError usage when a cluster was named that the hub does not have, or nothing is to be handed over
 */
export async function makePlan(
  selection: HandoverSelection,
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): Promise<MadeHandoverPlan> {
  await Promise.resolve();
  throw new MaestroError('internal', `handovers cannot be planned yet: ${selection.direction}`, {
    cause: [deps, budget],
  });
}
