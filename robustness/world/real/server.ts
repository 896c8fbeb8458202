import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClusterObject, StoredRow } from '../../works/history/history.ts';
import type { Address, Scope, Server } from '../server.ts';
import type { Side, Trouble } from '../troubles.ts';
import { isDeleting, isUnreported, worksAfter, worksOf, type ListedWork } from '../works-of.ts';
import type { Cluster } from './cluster.ts';
import { realCan, type Commands } from './commands.ts';
import type { RealLedger } from './ledger.ts';
import { agentWorks } from './probe.ts';
import { shell } from './run-program.ts';

export interface RealParts {
  readonly addresses: Readonly<Record<Side, Address>>;
  readonly ledger: RealLedger;
  /** By consumer. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly commands: Commands;
  /** The executable that asks agents whether they work. */
  readonly client: string;
}

/** How long the server may take to come back, and its agents to end deletions. */
const patienceMs = 120_000;

/** How long an agent may take to report on a work of which it knows. */
const reportWithinMs = 15_000;

const lostDeletion = 'deletion lost by an agent';
const lostWrite = 'write of which no agent was told';

/** What one program sees of a real Maestro: works of its own source, with objects in a namespace of its own. */
export class RealServer implements Server {
  readonly scope: Scope;
  readonly restMs = 3_000;
  readonly byItself: Record<string, number> = {};
  readonly lostDataAtMs: readonly number[] = [];
  readonly #parts: RealParts;
  readonly #folder: string;
  #isStopped = false;
  readonly #stoppedAgents = new Set<string>();
  /** Agents that may not have found the server again. */
  readonly #lostAgents = new Set<string>();
  #rows: readonly StoredRow[] = [];
  #closed: Promise<void> | undefined;

  private constructor(parts: RealParts, scope: Scope, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.scope = scope;
  }

  static async open(parts: RealParts, folder: string): Promise<RealServer> {
    const name = `robustness-${randomBytes(4).toString('hex')}`;
    const server = new RealServer(parts, { source: name, namespace: name }, folder);
    await server.#answering();
    for (const cluster of parts.clusters.values()) await cluster.makeNamespace(name);
    return server;
  }

  get addresses(): Readonly<Record<Side, Address>> {
    return this.#parts.addresses;
  }

  can(trouble: Trouble): boolean {
    return realCan(trouble, this.#parts.commands);
  }

  async kill(): Promise<void> {
    for (const consumer of this.#parts.clusters.keys()) this.#lostAgents.add(consumer);
    this.#isStopped = true;
    await shell(this.#parts.commands.stopServer ?? 'false');
  }

  async startAgain(): Promise<void> {
    await shell(this.#parts.commands.startServer ?? 'false');
    this.#isStopped = false;
    await this.#answering();
  }

  /** Starts the server and agents that troubles stopped and have not started again. */
  async startStopped(): Promise<void> {
    if (this.#isStopped) await this.startAgain();
    for (const consumer of [...this.#stoppedAgents]) await this.setAgentOnline(consumer, true);
  }

  async setAgentOnline(consumer: string, online: boolean): Promise<void> {
    const { startAgent = 'false', stopAgent = 'false' } = this.#parts.commands;
    if (!online) {
      this.#stoppedAgents.add(consumer);
      return shell(stopAgent, { CONSUMER: consumer });
    }
    if (this.#stoppedAgents.delete(consumer)) await shell(startAgent, { CONSUMER: consumer });
  }

  async agentsWork(): Promise<void> {
    const { addresses, client } = this.#parts;
    const env = {
      MAESTRO_HTTP_ENDPOINT: `http://${addresses.http.host}:${String(addresses.http.port)}`,
      MAESTRO_GRPC_ENDPOINT: `grpc://${addresses.grpc.host}:${String(addresses.grpc.port)}`,
      XDG_CONFIG_HOME: this.#folder,
    };
    for (const consumer of this.#lostAgents)
      await agentWorks({ client, env, folder: this.#folder, scope: this.scope, consumer });
    this.#lostAgents.clear();
  }

  async deletionsEnd(): Promise<void> {
    await this.#brought(isDeleting, patienceMs, lostDeletion);
  }

  /**
   * Maestro stores a write and the word of it for the agent one after the other, so of one whose connection ends in
   * between no agent is told.
   */
  async writesArrive(): Promise<void> {
    await this.#brought(isUnreported, reportWithinMs, lostWrite);
  }

  /** Ends once no work is such; agents of those that stay so are started again, and what that helps is counted. */
  async #brought(such: (work: ListedWork) => boolean, withinMs: number, lost: string): Promise<void> {
    const left = await this.#after(withinMs, such);
    if (left.length === 0) return;
    await this.#startAgentsAgain(new Set(left.map(({ consumer }) => consumer)));
    const count = left.length - (await this.#after(patienceMs, such)).length;
    if (count > 0) this.byItself[lost] = (this.byItself[lost] ?? 0) + count;
  }

  async #after(withinMs: number, such: (work: ListedWork) => boolean): Promise<readonly ListedWork[]> {
    return worksAfter(withinMs, this.addresses.http, this.scope.source, such);
  }

  /** An agent asks for all its works when it begins, so it gets to know of what it has lost. */
  async #startAgentsAgain(consumers: ReadonlySet<string>): Promise<void> {
    if (this.#parts.commands.stopAgent === undefined || this.#parts.commands.startAgent === undefined) return;
    for (const consumer of consumers) {
      await this.setAgentOnline(consumer, false);
      await this.setAgentOnline(consumer, true);
    }
  }

  async objects(consumer: string): Promise<readonly ClusterObject[]> {
    const cluster = this.#parts.clusters.get(consumer);
    if (cluster === undefined) throw new Error(`no --kubeconfig is given for ${consumer}`);
    return cluster.objects(this.scope.namespace);
  }

  async close(): Promise<void> {
    this.#closed ??= this.#leave();
    return this.#closed;
  }

  async rows(): Promise<readonly StoredRow[]> {
    return this.#rows;
  }

  async #leave(): Promise<void> {
    // What is taken away below is nobody's call.
    this.#rows = await this.#parts.ledger.rowsOf(this.scope.source);
    for (const consumer of this.#stoppedAgents) await this.setAgentOnline(consumer, true);
    await this.agentsWork();
    for (const { id } of await worksOf(this.addresses.http, this.scope.source))
      await this.#rest(`resource-bundles/${id}`, 'DELETE');
    await this.deletionsEnd();
    const left = (await worksOf(this.addresses.http, this.scope.source)).map(({ id }) => id);
    if (left.length > 0) throw new Error(`${left.join(', ')} of ${this.scope.source} do not go`);
    for (const cluster of this.#parts.clusters.values()) await cluster.removeNamespace(this.scope.namespace);
  }

  async #rest(path: string, method: 'GET' | 'DELETE' = 'GET'): Promise<Response> {
    const { host, port } = this.#parts.addresses.http;
    const answer = await fetch(`http://${host}:${String(port)}/api/maestro/v1/${path}`, { method });
    if (!answer.ok && answer.status !== 404) throw new Error(`${method} ${path}: ${String(answer.status)}`);
    return answer;
  }

  async #answering(): Promise<void> {
    for (const untilMs = Date.now() + patienceMs; ; await pause(100)) {
      try {
        await this.#rest('consumers?size=1');
        await listens(this.#parts.addresses.grpc);
        return;
      } catch (error) {
        if (Date.now() > untilMs) throw error;
      }
    }
  }
}

async function listens(address: Address): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(address, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
