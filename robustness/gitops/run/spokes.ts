import { FakeArgo } from '../../../test/gitops/rig/fake-argo.ts';
import type { MemorySpoke } from '../../../test/gitops/rig/index.ts';
import type { Answer } from '../../../test/gitops/rig/kube-client.ts';
import { MemoryClient } from '../../../test/gitops/rig/memory-client.ts';
import { memoryGround } from '../../../test/gitops/rig/memory-spoke.ts';
import { clusters, type ClusterName } from '../program/program.ts';

/** A cluster in this process, whose agent comes and goes with Maestro. */
export interface Spoke extends Pick<MemorySpoke, 'name' | 'memory' | 'client' | 'admin'> {
  readonly argo: FakeArgo;
  /** What its agent applies is refused, as by a webhook. */
  refuses: boolean;
}

/** Of an agent: what it applies may be refused. */
class AgentClient extends MemoryClient {
  readonly #refuses: () => boolean;

  constructor({ memory }: Pick<Spoke, 'memory'>, fieldManager: string, refuses: () => boolean) {
    super(memory, fieldManager);
    this.#refuses = refuses;
  }

  override async send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer> {
    if (this.#refuses() && contentType?.includes('apply-patch') === true)
      return { status: 403, body: { reason: 'Forbidden', message: 'a webhook refuses it' } };
    return super.send(method, path, body, contentType);
  }
}

export function startSpokes(): ReadonlyMap<ClusterName, Spoke> {
  return new Map(
    clusters.map((name) => {
      const ground = memoryGround(name);
      return [name, { ...ground, argo: new FakeArgo({ spoke: ground, stepMs: 100 }), refuses: false }];
    }),
  );
}

/** What an agent needs of its cluster. */
export function groundOf(spoke: Spoke): Pick<Spoke, 'client'> {
  return { client: (fieldManager) => new AgentClient(spoke, fieldManager, () => spoke.refuses) };
}
