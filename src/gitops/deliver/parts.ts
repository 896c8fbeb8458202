import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { callLimits } from '../access/call-limits.ts';
import type { HubApplications } from '../access/hub-applications.ts';
import type { AppFacts } from '../index/facts.ts';
import type { States } from '../index/states.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { HubHandler } from '../store/hub-handler.ts';
import type { MaestroHandler } from '../store/maestro-handler.ts';
import type { Store } from '../store/store.ts';
import type { Garbage } from './garbage.ts';
import type { Publisher } from './publisher.ts';
import type { DeliverState } from './state.ts';

/** What the steps of a delivery work with. */
export interface DeliverParts {
  readonly deps: ControllerDeps;
  readonly store: Store;
  readonly states: States<DeliverState>;
  readonly hub: HubApplications;
  /** Both take in what a step has read, or done. */
  readonly hubHandler: HubHandler;
  readonly maestroHandler: MaestroHandler;
  readonly publisher: Publisher;
  readonly garbage: Garbage;
  /** Clusters that are no consumers of Maestro yet, for which applications wait. */
  readonly missingConsumers: Set<string>;
  /** What is told of an application on the hub may be other than before; at once, or after so long. */
  readonly tellStatus: (key: string, afterMs?: number) => void;
}

/** One look at one application: what its steps work with. The signal ends calls that are under way. */
export interface DeliverStep extends DeliverParts {
  readonly app: AppFacts;
  readonly signal: AbortSignal;
}

/** A bundle as Maestro has it now, which is for the caller to take in; undefined when there is none. */
export async function readBundle({ deps, signal }: DeliverStep, id: string): Promise<ResourceBundle | undefined> {
  return deps.maestro.reader.getBundle(id, callLimits(deps, signal));
}
