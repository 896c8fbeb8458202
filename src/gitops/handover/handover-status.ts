import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import type { HandoverPlan, ParkReason } from './plan.ts';
import type { HandoverDeps } from './run-handover.ts';

/** Where an application is on its way, by what hub and Maestro have. */
export type HandoverPosition =
  /** Nothing of it is begun. */
  | 'planned'
  /** The new owner is written, and not proved yet. */
  | 'running'
  /** Both have written it and reported it applied; only a run proves that both own it. */
  | 'both-own'
  /** The owner of before was told to let go. */
  | 'letting-go'
  | 'deleting'
  /** The owner of before is gone; what a handover leaves behind is being cleared away. */
  | 'settling'
  | 'finished'
  | 'rolling-back'
  | 'rolled-back'
  | 'parked';

export interface ApplicationStatus {
  readonly cluster: string;
  readonly application: string;
  readonly position: HandoverPosition;
  /** Why it is parked. */
  readonly reason?: ParkReason;
  /** A sentence about what is seen. */
  readonly text: string;
  readonly classicWork?: string;
  readonly bundleId: string;
  /** As a probe that is left over tells; absent without one. */
  readonly uid?: string;
  /** Names of its owners on the cluster, as a probe that is left over tells. */
  readonly owners?: readonly string[];
}

export interface ClusterStatus {
  readonly cluster: string;
  /** Value of the annotation on the ManagedCluster; absent without it. */
  readonly pullModel?: string;
  readonly applications: readonly ApplicationStatus[];
}

/**
 * Where the clusters of a plan are, in their order. Writes nothing.
 *
 * @throws MaestroError as hub and Maestro answer
 */
export function handoverStatus(
  plan: HandoverPlan,
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): AsyncGenerator<ClusterStatus, void, void> {
  throw new MaestroError('internal', `the status of handovers cannot be read yet: ${plan.runId}`, {
    cause: [deps, budget],
  });
}
