import { ClassicAgent } from './classic-agent.ts';
import type { HubWorks } from './classic-agent.ts';
import { FakeArgo } from './fake-argo.ts';
import type { FakeArgoOptions, SpokeGround } from './fake-argo.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject, ObjectClient } from './kube-client.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryStore } from './memory-store.ts';
import { MiniAgent } from './mini-agent.ts';
import type { StandIn } from '../../../src/standin/index.ts';

export const firstNamespaces = ['default', 'kube-system', 'argocd', 'openshift-gitops', 'open-cluster-management'];

/** Whom the agents of a spoke work for. */
export interface HubSide {
  readonly standIn: StandIn;
  readonly works: HubWorks;
  readonly hubUrl: string;
}

/** How those who live on a spoke go about it. */
export interface ResidentOptions {
  /** How often agents look at their objects; 100 ms here, 10 s in life. */
  readonly statusSyncMs?: number;
  readonly largestFeedback?: number;
  readonly reportsOnce?: boolean;
  readonly argo?: Omit<FakeArgoOptions, 'spoke'>;
}

/** Who lives on a spoke: both agents and an Argo CD. */
export interface Residents {
  readonly agent: MiniAgent;
  /** The klusterlet's work agent: takes the ManifestWorks of its namespace on the hub. */
  readonly classicAgent: ClassicAgent;
  readonly argo: FakeArgo;
  /** The ConfigMap that Argo CD made for an application with such a path; undefined when there is none. */
  workload(namespace: string, name: string): KubeObject | undefined;
}

/** A managed cluster in this process: its objects keep the manners of an API server, and dozens of them cost little. */
export interface MemorySpoke extends SpokeGround, Residents {
  readonly admin: ObjectClient;
}

export function memoryGround(name: string): SpokeGround & { readonly admin: ObjectClient } {
  const memory = new MemoryStore(firstNamespaces);
  return {
    name,
    memory,
    client: (fieldManager) => new MemoryClient(memory, fieldManager),
    admin: new MemoryClient(memory, 'rig'),
  };
}

/** Starts them; `stops` gets how each ends. */
export function settle(
  ground: SpokeGround,
  { standIn, works, hubUrl }: HubSide,
  { argo: argoOptions, largestFeedback, ...options }: ResidentOptions,
  stops: (() => Promise<void> | void)[],
): Residents {
  const feedback = largestFeedback === undefined ? {} : { largestFeedback };
  const agent = new MiniAgent({ ...options, ...feedback, standIn, consumer: ground.name, spoke: ground });
  const classicAgent = new ClassicAgent({ ...options, works, cluster: ground.name, spoke: ground, hubUrl });
  const argo = new FakeArgo({ ...argoOptions, spoke: ground });
  stops.push(
    () => agent.stop(),
    () => classicAgent.stop(),
    () => argo.stop(),
  );
  const workload = (namespace: string, name: string): KubeObject | undefined =>
    ground.memory.get(kinds.configMaps, { namespace, name });
  return { agent, classicAgent, argo, workload };
}
