import type { JsonObject } from '../../../src/core/json.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { FakeArgo } from '../../../test/gitops/rig/fake-argo.ts';
import type { MemorySpoke } from '../../../test/gitops/rig/index.ts';
import { memoryGround } from '../../../test/gitops/rig/memory-spoke.ts';
import { MiniAgent } from '../../../test/gitops/rig/mini-agent.ts';
import { keepLedger } from '../../world/ledger.ts';
import type { Address } from '../../world/server.ts';
import type { Side } from '../../world/troubles.ts';
import { clusters, type ClusterName } from '../program/program.ts';
import { markText } from './read.ts';

/** A cluster in this process, whose agent comes and goes with Maestro. */
export interface Spoke extends Pick<MemorySpoke, 'name' | 'memory' | 'client' | 'admin'> {
  readonly argo: FakeArgo;
}

export function startSpokes(): ReadonlyMap<ClusterName, Spoke> {
  return new Map(
    clusters.map((name) => {
      const ground = memoryGround(name);
      return [name, { ...ground, argo: new FakeArgo({ spoke: ground, stepMs: 100 }) }];
    }),
  );
}

/** The stand-in on ports, with the agents that serve real objects; both begin again on the same data. */
export class Maestro {
  readonly file: string;
  readonly #spokes: ReadonlyMap<ClusterName, Spoke>;
  #standIn: StandIn | undefined;
  #agents = new Map<string, MiniAgent>();

  private constructor(file: string, spokes: ReadonlyMap<ClusterName, Spoke>) {
    this.file = file;
    this.#spokes = spokes;
  }

  static async start(file: string, spokes: ReadonlyMap<ClusterName, Spoke>): Promise<Maestro> {
    const maestro = new Maestro(file, spokes);
    await maestro.start();
    return maestro;
  }

  async start(): Promise<void> {
    this.#standIn = await startStandIn({ consumers: clusters, dataFile: this.file, heartbeatMs: 1_000 });
    keepLedger(this.file);
    for (const [consumer, spoke] of this.#spokes) this.#agents.set(consumer, agentOf(this.#standIn, consumer, spoke));
  }

  get standIn(): StandIn {
    if (this.#standIn === undefined) throw new TypeError('Maestro is down');
    return this.#standIn;
  }

  get addresses(): Readonly<Record<Side, Address>> {
    const { httpEndpoint, grpcEndpoint } = this.standIn;
    const host = '127.0.0.1';
    return {
      http: { host, port: Number(new URL(httpEndpoint).port) },
      grpc: { host, port: Number(grpcEndpoint.split(':')[1]) },
    };
  }

  /** To no effect while Maestro is down: its agents come back online. */
  setOnline(consumer: string, online: boolean): void {
    this.#agents.get(consumer)?.setOnline(online);
  }

  async stop(): Promise<void> {
    for (const agent of this.#agents.values()) await agent.stop();
    this.#agents = new Map();
    const standIn = this.#standIn;
    this.#standIn = undefined;
    await standIn?.close();
  }
}

/** Writes into each status that it reports where the report comes from, so that no status can be taken for another. */
function agentOf(standIn: StandIn, consumer: string, spoke: Spoke): MiniAgent {
  const agent = new MiniAgent({ standIn, consumer, spoke, statusSyncMs: 100 });
  agent.intercept((status, work) => ({
    ...status,
    manifests: status.manifests.map((manifest) => {
      // An agent has seen a version before it applies it, and tells of the object as the version before made it.
      const applied = manifest.conditions.find(({ type }) => type === 'Applied');
      const mark = markText({ consumer, work, version: applied?.observedGeneration ?? 0 });
      return { ...manifest, feedback: manifest.feedback.map((value) => marked(value, mark)) };
    }),
  }));
  return agent;
}

function marked(value: JsonObject, mark: string): JsonObject {
  const field = value['fieldValue'] as JsonObject | undefined;
  if (value['name'] !== 'status' || typeof field?.['jsonRaw'] !== 'string') return value;
  const status = JSON.parse(field['jsonRaw']) as JsonObject;
  return {
    ...value,
    fieldValue: { ...field, jsonRaw: JSON.stringify({ ...status, summary: { externalURLs: [mark] } }) },
  };
}
