import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Cluster } from './cluster.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject, Ref } from './kube-client.ts';
import { Loop } from './loop.ts';
import type { MemoryStore } from './memory-store.ts';
import { ObjectCache } from './object-cache.ts';

export const classicNamespace = 'open-cluster-management';
export const classicDeployment: Ref = { namespace: classicNamespace, name: 'multicluster-integrations' };
export const multiClusterHub: Ref = { namespace: classicNamespace, name: 'multiclusterhub' };

/** The annotation that pauses the operator, and what it was called before; the current one counts when both are set. */
const pauseKeys = ['installer.open-cluster-management.io/pause', 'mch-pause'] as const;

export function replicasOf(deployment: KubeObject | undefined): { readonly desired: number; readonly ready: number } {
  const member = (part: string, key: string): unknown => {
    const whole = deployment?.[part];
    return isJsonObject(whole) ? whole[key] : undefined;
  };
  const [desired, ready] = [member('spec', 'replicas') ?? 1, member('status', 'readyReplicas') ?? 0];
  return { desired: Number(desired), ready: Number(ready) };
}

/**
 * What follows a Deployment that is scaled: its pods come and go a moment later. It touches nothing but the status, and
 * only where the API changed the spec: a status that a test put there stays.
 */
export class PodSimulator {
  readonly #stop: () => void;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(memory: MemoryStore, settleMs: number) {
    this.#stop = memory.onChange((kind, { type, object }) => {
      if (kind.resource !== kinds.deployments.resource || type === 'DELETED') return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        const deployment = memory.get(kinds.deployments, object.metadata);
        if (deployment !== undefined) settle(memory, deployment);
      }, settleMs);
      this.#timers.add(timer);
    });
  }

  stop(): void {
    this.#stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

function settle(memory: MemoryStore, deployment: KubeObject): void {
  const { generation } = deployment.metadata;
  const status = isJsonObject(deployment['status']) ? deployment['status'] : {};
  if (generation === undefined || status['observedGeneration'] === generation) return;
  const { desired } = replicasOf(deployment);
  const counts = desired === 0 ? {} : { replicas: desired, readyReplicas: desired, availableReplicas: desired };
  memory.put(kinds.deployments, { ...deployment, status: { observedGeneration: generation, ...counts } });
}

/** The operator of MultiClusterHub: scales the classic Deployment back to one, unless it is paused. */
export class HubOperator {
  readonly #hub: Cluster;
  readonly #cache: ObjectCache;
  readonly #loop: Loop;

  constructor(hub: Cluster, intervalMs: number) {
    this.#hub = hub;
    this.#loop = new Loop('operator of MultiClusterHub', intervalMs, () => this.#round());
    this.#cache = new ObjectCache(hub.client('multiclusterhub-operator'), kinds.multiClusterHubs, () =>
      this.#loop.wake(),
    );
  }

  async stop(): Promise<void> {
    await this.#cache.stop();
    await this.#loop.stop();
  }

  #round(): Promise<void> {
    const hubs = this.#cache.objects();
    const deployment = this.#hub.front.memory.get(kinds.deployments, classicDeployment);
    const runs = hubs.some((one) => !isPaused(one));
    if (runs && deployment !== undefined && replicasOf(deployment).desired !== 1) {
      const patch = { spec: { replicas: 1 } };
      const request = { kind: kinds.deployments, verb: 'patch', ...classicDeployment } as const;
      const query = new URLSearchParams();
      this.#hub.front.memory.answer({ ...request, contentType: 'application/merge-patch+json', query }, patch);
    }
    return Promise.resolve();
  }
}

function isPaused({ metadata: { annotations = {} } }: KubeObject): boolean {
  const [current, former] = pauseKeys.map((key) => annotations[key] ?? '');
  return (current === '' ? former : current)?.toLowerCase() === 'true';
}

/** The classic Deployment, running. */
export function deploymentManifest(): JsonObject {
  const labels = { name: classicDeployment.name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...classicDeployment, labels, generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'multicluster-integrations', image: 'example.com/multicloud-integrations' }] },
      },
    },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1 },
  };
}
