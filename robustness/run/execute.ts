import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Call, ClusterObject, History } from '../history/history.ts';
import { consumers, type Disturbance, type Program, type Side, type Step, type Trouble } from '../program/steps.ts';
import { Gate } from '../world/gate.ts';
import { Server } from '../world/server.ts';
import { startCall, type CallPlace, type RunningCall } from './call.ts';

/** How often each kind of trouble struck. */
export type Struck = Record<string, number>;

/** The program that the clients run, and the one that serves them. */
export interface Programs {
  readonly client: string;
  readonly server: string;
}

export interface Executed {
  readonly history: History;
  readonly struck: Struck;
}

/** Runs a program in a world of its own: a server, a gate before each of its ports, and the clients' processes. */
export async function execute(program: Program, programs: Programs): Promise<Executed> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-robustness-'));
  try {
    const world = await World.open(programs, folder);
    try {
      const calls = await world.run(program);
      const reruns = await world.rerun(program);
      const objects = await world.settledObjects();
      const rows = await world.close();
      return {
        history: { calls, reruns, objects, rows, lostDataAtMs: world.server.lostDataAtMs },
        struck: world.struck,
      };
    } finally {
      await world.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class World {
  readonly server: Server;
  readonly #gates: Readonly<Record<Side, Gate>>;
  readonly #place: CallPlace;
  readonly #running = new Map<number, RunningCall>();
  readonly #struck: Struck = {};
  #closed: History['rows'] | undefined;
  /** The server goes down and comes up one after the other, whoever asks for it. */
  #restarting: Promise<void> = Promise.resolve();

  private constructor(server: Server, gates: Readonly<Record<Side, Gate>>, place: CallPlace) {
    this.server = server;
    this.#gates = gates;
    this.#place = place;
  }

  static async open(programs: Programs, folder: string): Promise<World> {
    const server = await Server.start(programs.server, folder, consumers);
    const gates = { grpc: await Gate.open(server.ports.grpc), http: await Gate.open(server.ports.http) };
    const env = {
      PATH: process.env['PATH'],
      MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${String(gates.http.port)}`,
      MAESTRO_GRPC_ENDPOINT: `grpc://127.0.0.1:${String(gates.grpc.port)}`,
      XDG_CONFIG_HOME: folder,
    };
    return new World(server, gates, { program: programs.client, folder, env });
  }

  get struck(): Struck {
    const all = { ...this.#struck };
    for (const gate of Object.values(this.#gates))
      for (const [kind, count] of Object.entries(gate.struck)) all[kind] = (all[kind] ?? 0) + count;
    return all;
  }

  async run({ clients, disturbances }: Program): Promise<readonly Call[]> {
    const ending = new AbortController();
    const troubles = disturbances.map((one) => this.#disturb(one, ending.signal));
    const calls = await Promise.all(clients.map(async (steps, client) => this.#client(steps, client)));
    ending.abort();
    await Promise.all(troubles);
    await this.#restarting;
    await this.#allWell();
    return calls.flat();
  }

  /** Every write once more, and again, when nothing is wrong: the first may change something, the second may not. */
  async rerun({ clients }: Program): Promise<readonly Call[]> {
    const calls: Call[] = [];
    const writes = clients.flatMap((steps) => steps.filter((step) => step.kind === 'apply' && !step.stale));
    for (const [index, step] of writes.entries()) {
      if (step.kind !== 'apply') continue;
      for (const round of ['first', 'second']) {
        const again: Step = { ...step, how: 'force', wait: true };
        const name = `again${String(index)}`;
        calls.push({
          ...(await startCall(again, { name, client: index }, this.#place).ended),
          name: `${name}-${round}`,
        });
      }
    }
    return calls;
  }

  /** What stands on the clusters, once the works that are stored were delivered. */
  async settledObjects(): Promise<readonly ClusterObject[]> {
    let before = '';
    for (let look = 0; look < 100; look += 1) {
      const found = await Promise.all(consumers.map(async (consumer) => this.#objects(consumer)));
      const now = JSON.stringify(found);
      if (now === before) return found.flat();
      before = now;
      await pause(100);
    }
    throw new Error('the clusters do not come to rest');
  }

  async close(): Promise<History['rows']> {
    if (this.#closed !== undefined) return this.#closed;
    this.#closed = [];
    for (const { process } of this.#running.values()) process.kill('SIGKILL');
    await this.server.kill().catch(() => undefined);
    for (const gate of Object.values(this.#gates)) await gate.close();
    this.#closed = this.server.rows();
    return this.#closed;
  }

  async #client(steps: readonly Step[], client: number): Promise<readonly Call[]> {
    const calls: Call[] = [];
    for (const [index, step] of steps.entries()) {
      const running = startCall(step, { name: `c${String(client)}s${String(index)}`, client }, this.#place);
      this.#running.set(client, running);
      calls.push(await running.ended);
      this.#running.delete(client);
    }
    return calls;
  }

  async #disturb({ afterMs, trouble }: Disturbance, signal: AbortSignal): Promise<void> {
    try {
      await pause(afterMs, undefined, { signal });
    } catch {
      return;
    }
    await this.#strike(trouble);
  }

  async #strike(trouble: Trouble): Promise<void> {
    switch (trouble.kind) {
      case 'refuse':
        return this.#gates[trouble.side].refuse(trouble.lastsMs);
      case 'cut':
        return this.#gates[trouble.side].cutNext(trouble.of, trouble.afterBytes);
      case 'slow':
        return this.#gates[trouble.side].beSlow(trouble.byMs, trouble.lastsMs);
      case 'half-open':
        return this.#gates[trouble.side].beHalfOpen(trouble.lastsMs);
      case 'lose-answers':
        return this.#gates[trouble.side].loseAnswers(trouble.count);
      case 'status':
        return this.#control('PUT', 'faults', {
          kind: 'status',
          channel: trouble.side,
          status: trouble.side === 'grpc' ? 14 : 503,
          count: trouble.count,
        });
      case 'restart':
        this.#restarting = this.#restarting.then(async () => this.#restart(trouble));
        return this.#restarting;
      case 'agent-stops':
        await this.#control('PATCH', `agents/${trouble.consumer}`, { online: false });
        await pause(trouble.lastsMs);
        return this.#control('PATCH', `agents/${trouble.consumer}`, { online: true });
      case 'agent-late':
        return this.#control('PATCH', `agents/${trouble.consumer}`, { delayMs: trouble.byMs });
      case 'signal': {
        const running = this.#running.get(trouble.client);
        if (running?.process.kill(trouble.signal) === true) this.#count(trouble.signal);
      }
    }
  }

  async #restart({ downMs, keepsData }: Extract<Trouble, { readonly kind: 'restart' }>): Promise<void> {
    this.#count(keepsData ? 'restart' : 'restart without data');
    await this.server.kill();
    await pause(downMs);
    await this.server.startAgain(keepsData);
    this.#gates.grpc.leadTo(this.server.ports.grpc);
    this.#gates.http.leadTo(this.server.ports.http);
  }

  async #control(method: 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
    await this.#restarting;
    try {
      await this.server.control(method, path, body);
      if (method !== 'DELETE') this.#count(path.split('/')[0] ?? path);
    } catch (error) {
      // The server may be killed at any moment; what it was told is forgotten then.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async #allWell(): Promise<void> {
    for (const gate of Object.values(this.#gates)) gate.clear();
    await this.#control('DELETE', 'faults');
    for (const consumer of consumers) await this.#control('PATCH', `agents/${consumer}`, { online: true, delayMs: 20 });
  }

  async #objects(consumer: string): Promise<readonly ClusterObject[]> {
    const found = (await this.server.control('GET', `agents/${consumer}/objects`)) as readonly {
      readonly manifest: { readonly metadata: { readonly name: string }; readonly data?: { readonly call?: string } };
      readonly owners: readonly string[];
    }[];
    return found.map(({ manifest, owners }) => ({
      consumer,
      name: manifest.metadata.name,
      call: manifest.data?.call ?? '',
      owners,
    }));
  }

  #count(kind: string): void {
    this.#struck[kind] = (this.#struck[kind] ?? 0) + 1;
  }
}
