import type { BatchedReads } from '../access/batched-reads.ts';
import type { HubApplications } from '../access/hub-applications.ts';
import type { DeliverState } from '../deliver/state.ts';
import type { States } from '../index/states.ts';
import type { HubWriteBudget } from '../kube/write-budget.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { HubHandler } from '../store/hub-handler.ts';
import type { Store } from '../store/store.ts';
import type { ClusterLiveness } from './cluster-liveness.ts';
import type { HubStatusState } from './state.ts';

/** What bringing a status home works with. */
export interface HubStatusParts {
  readonly deps: ControllerDeps;
  readonly store: Store;
  readonly states: States<HubStatusState>;
  /** How its delivery stands, which its conditions tell of. */
  readonly deliveries: Pick<States<DeliverState>, 'get'>;
  readonly liveness: ClusterLiveness;
  readonly hub: HubApplications;
  /** Takes in what the hub answers to a write. */
  readonly hubHandler: HubHandler;
  /** Reports that are not kept are read from Maestro, many at a time. */
  readonly reads: BatchedReads;
  readonly budget: HubWriteBudget;
}
