import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/json.ts';
import type { AgentStatus } from '../../../src/standin/index.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { MiniAgent } from '../../../test/gitops/rig/mini-agent.ts';
import { keepLedger, ledgerLines } from '../../world/ledger.ts';
import type { Address } from '../../world/server.ts';
import type { Side } from '../../world/troubles.ts';
import { clusters, type ClusterName } from '../program/program.ts';
import type { StoredWork } from '../history.ts';
import { lastRows } from '../properties/property.ts';
import { markText, storedWorkOf } from './read.ts';
import { groundOf, type Spoke } from './spokes.ts';

/** What an agent is to tell of an Application that is not its work's, and how often. */
interface Forging {
  readonly about: string;
  left: number;
}

/** The stand-in on ports, with the agents that serve real objects; all begin again, with what was stored or without. */
export class Maestro {
  readonly #folder: string;
  readonly #spokes: ReadonlyMap<ClusterName, Spoke>;
  readonly #forging = new Map<string, Forging>();
  /** Moments at which all was lost. */
  readonly lostMs: number[] = [];
  readonly #forgotten: StoredWork[] = [];
  #standIn: StandIn | undefined;
  #agents = new Map<string, MiniAgent>();

  private constructor(folder: string, spokes: ReadonlyMap<ClusterName, Spoke>) {
    this.#folder = folder;
    this.#spokes = spokes;
  }

  static async start(folder: string, spokes: ReadonlyMap<ClusterName, Spoke>): Promise<Maestro> {
    const maestro = new Maestro(folder, spokes);
    await maestro.start();
    return maestro;
  }

  async start(): Promise<void> {
    const epoch = this.lostMs.length;
    const dataFile = this.#fileOf(epoch);
    this.#standIn = await startStandIn({ consumers: clusters, dataFile, heartbeatMs: 1_000 });
    keepLedger(dataFile);
    for (const [consumer, spoke] of this.#spokes) {
      const { standIn } = this;
      const agent = new MiniAgent({ standIn, consumer, spoke: groundOf(spoke), statusSyncMs: 100 });
      const marks = new Marks(consumer, epoch);
      agent.intercept((status, work) => this.#forged(consumer, marks.put(status, work)));
      this.#agents.set(consumer, agent);
    }
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

  /** The next reports of this cluster's agent tell of an Application of this name, too. */
  forge(consumer: string, about: string, count: number): void {
    this.#forging.set(consumer, { about, left: count });
  }

  tellTheTruth(): void {
    this.#forging.clear();
  }

  async stop(): Promise<void> {
    for (const agent of this.#agents.values()) await agent.stop();
    this.#agents = new Map();
    const standIn = this.#standIn;
    this.#standIn = undefined;
    await standIn?.close();
  }

  /** While it is down: what is started next has an empty database. */
  loseData(): void {
    this.#forgotten.push(...lastRows(this.#rowsOf(this.lostMs.length)));
    this.lostMs.push(Date.now());
  }

  /** Works that stood when they were lost. */
  get forgotten(): readonly StoredWork[] {
    return this.#forgotten;
  }

  /** All that was stored, also what was lost since; while it is down. */
  stored(): readonly StoredWork[] {
    return Array.from({ length: this.lostMs.length + 1 }, (_, epoch) => this.#rowsOf(epoch)).flat();
  }

  #rowsOf(epoch: number): readonly StoredWork[] {
    return ledgerLines(this.#fileOf(epoch)).map((line) => storedWorkOf(line, epoch));
  }

  #fileOf(epoch: number): string {
    return join(this.#folder, `maestro-${String(epoch)}.db`);
  }

  #forged(consumer: string, status: AgentStatus): AgentStatus {
    const forging = this.#forging.get(consumer);
    const [manifest] = status.manifests;
    if (forging === undefined || forging.left === 0 || manifest?.resourceMeta.name === forging.about) return status;
    if (manifest === undefined || manifest.feedback.length === 0) return status;
    forging.left -= 1;
    const resourceMeta = { ...manifest.resourceMeta, name: forging.about };
    return { ...status, manifests: [{ ...manifest, resourceMeta }, ...status.manifests] };
  }
}

/** Writes into each status that an agent reports where the report comes from, so that none can be taken for another. */
class Marks {
  readonly #consumer: string;
  readonly #epoch: number;
  /** The version of each work that the object is as. */
  readonly #applied = new Map<string, number>();

  constructor(consumer: string, epoch: number) {
    this.#consumer = consumer;
    this.#epoch = epoch;
  }

  put(status: AgentStatus, work: string): AgentStatus {
    return {
      ...status,
      manifests: status.manifests.map((manifest) => {
        // An agent has seen a version before it applies it, and tells of the object as the version before made it.
        const applied = manifest.conditions.find(({ type }) => type === 'Applied');
        if (applied?.status === 'True') this.#applied.set(work, applied.observedGeneration ?? 0);
        const version = this.#applied.get(work) ?? 0;
        const mark = markText({ consumer: this.#consumer, work, epoch: this.#epoch, version });
        return { ...manifest, feedback: manifest.feedback.map((value) => marked(value, mark)) };
      }),
    };
  }
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
