import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ClientFiles, type AccessMode, type Rotation } from './access.ts';
import { ArmedFaults } from './armed-faults.ts';
import { ServerAway } from './ask.ts';
import { Gate } from './gate.ts';
import type { Server, ServerMaker } from './server.ts';
import type { Disturbance, Side, Trouble } from './troubles.ts';

/** How often each kind of trouble struck. */
export type Struck = Record<string, number>;

export interface WorldOptions {
  readonly serve: ServerMaker;
  /** Where its data lies; the folder of one program. */
  readonly folder: string;
  readonly consumers: readonly string[];
  readonly access?: AccessMode;
  /** Signals the command that this client runs at the moment; false when it runs none. */
  readonly signal: (client: number, signal: NodeJS.Signals) => boolean;
}

/** A server, a gate before each of its ports, and what goes wrong with them. */
export class World {
  readonly server: Server;
  readonly #options: WorldOptions;
  readonly #gates: Readonly<Record<Side, Gate>>;
  readonly #struck: Struck = {};
  readonly #troubles: Promise<void>[] = [];
  readonly #armed: ArmedFaults;
  /** Why troubles could not strike: a failure of the suite, which is told in place of what it would make of it. */
  readonly #failed: unknown[] = [];
  readonly #files: ClientFiles | undefined;
  readonly #ending = new AbortController();
  /** The server goes down and comes up, and gets other keys, one after the other, whoever asks for it. */
  #turn: Promise<void> = Promise.resolve();
  #restarting: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(server: Server, gates: Readonly<Record<Side, Gate>>, options: WorldOptions) {
    this.server = server;
    this.#gates = gates;
    this.#options = options;
    this.#armed = new ArmedFaults(server);
    this.#files = server.keys && ClientFiles.open(server.keys, join(options.folder, 'client-keys'));
  }

  static async open(options: WorldOptions): Promise<World> {
    const server = await options.serve(options);
    const gates = { grpc: await Gate.open(server.addresses.grpc), http: await Gate.open(server.addresses.http) };
    return new World(server, gates, options);
  }

  /** By which the command finds the gates. */
  get env(): NodeJS.ProcessEnv {
    const secure = this.#files === undefined ? '' : 's';
    return {
      PATH: process.env['PATH'],
      ...this.#files?.env,
      MAESTRO_HTTP_ENDPOINT: `http${secure}://127.0.0.1:${String(this.#gates.http.port)}`,
      MAESTRO_GRPC_ENDPOINT: `grpc${secure}://127.0.0.1:${String(this.#gates.grpc.port)}`,
      XDG_CONFIG_HOME: this.#options.folder,
    };
  }

  /** Of the keys, so far. */
  get rotations(): readonly Rotation[] {
    return this.#files?.rotations ?? [];
  }

  get struck(): Struck {
    const all: Struck = { ...this.#struck, ...this.server.byItself };
    for (const gate of Object.values(this.#gates))
      for (const [kind, count] of Object.entries(gate.struck)) all[kind] = (all[kind] ?? 0) + count;
    return all;
  }

  /** Lets each strike when its time has come, from now on. */
  disturb(disturbances: readonly Disturbance[]): void {
    for (const { afterMs, trouble } of disturbances)
      this.#troubles.push(this.#later(afterMs, trouble).catch((error: unknown) => void this.#failed.push(error)));
  }

  /** Nothing more goes wrong: what has not struck does not, and what lasts is taken back. */
  async allWell(): Promise<void> {
    await this.#troublesOver();
    if (this.#failed.length > 0) throw this.#failed[0];
    for (const gate of Object.values(this.#gates)) gate.clear();
    await this.#countMet();
    await this.#control('DELETE', 'faults');
    for (const consumer of this.#options.consumers) {
      await this.#agentOnline(consumer, true);
      await this.#control('PATCH', `agents/${consumer}`, { delayMs: 20, reports: 'plain' });
    }
    await this.server.agentsWork();
    // A work that is being deleted is not written anew.
    await this.server.deletionsEnd();
    await this.server.writesArrive();
  }

  /** Those that have not struck do not, and those that are striking end. */
  async #troublesOver(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#troubles);
    await this.#restarting.catch(() => undefined);
  }

  /** What `look` sees once it has seen the same for as long as the server's clusters need to come to rest. */
  async settled<T>(look: () => Promise<T>): Promise<T> {
    let before = '';
    let sinceMs = Date.now();
    const { restMs } = this.server;
    for (const untilMs = sinceMs + 20 * restMs; Date.now() < untilMs; await pause(100)) {
      const found = await look();
      const now = JSON.stringify(found);
      if (now !== before) sinceMs = Date.now();
      else if (Date.now() - sinceMs >= restMs) return found;
      before = now;
    }
    throw new Error('the clusters do not come to rest');
  }

  /** Takes leave of the server; only then can its ledger be read. */
  async close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#troublesOver();
      try {
        await this.server.close();
      } finally {
        for (const gate of Object.values(this.#gates)) await gate.close();
      }
    })();
    return this.#closed;
  }

  async #later(afterMs: number, trouble: Trouble): Promise<void> {
    try {
      await pause(afterMs, undefined, { signal: this.#ending.signal });
    } catch {
      return;
    }
    await this.#strike(trouble);
  }

  async #strike(trouble: Trouble): Promise<void> {
    if (!this.server.can(trouble)) return;
    switch (trouble.kind) {
      case 'refuse':
        return this.#gates[trouble.side].refuse(trouble.lastsMs);
      case 'cut':
        return this.#gates[trouble.side].cutNext(trouble.of, trouble.afterBytes);
      case 'slow':
        return this.#gates[trouble.side].beSlow(trouble.byMs, trouble.lastsMs);
      case 'half-open':
        return this.#gates[trouble.side].beHalfOpen(trouble.lastsMs, trouble.way);
      case 'lose-answers':
        return this.#gates[trouble.side].loseAnswers(trouble.count);
      case 'status':
        return this.#whileUp(async () =>
          this.#armed.arm({
            kind: 'status',
            channel: trouble.side,
            status: trouble.side === 'grpc' ? 14 : 503,
            count: trouble.count,
          }),
        );
      case 'cut-after-request':
        return this.#gates[trouble.side].cutAfterRequest(trouble.count);
      case 'repeat-events':
      case 'reorder-events':
        return this.#whileUp(async () =>
          this.#armed.arm({ kind: trouble.kind, channel: 'grpc', count: trouble.count }),
        );
      case 'agent-reports':
        this.#count(`reports ${trouble.how}`);
        return this.#control('PATCH', `agents/${trouble.consumer}`, {
          reports: trouble.how,
          // So that somebody reads what is old before what is true comes, or writes once more before it is reported.
          ...(trouble.how === 'old-conditions' || trouble.how === 'jumping' ? { delayMs: 900 } : {}),
        });
      case 'restart':
        return this.#inTurn(async () => (this.#restarting = this.#restart(trouble)));
      case 'rotation':
        return this.#inTurn(async () => this.#rotate(trouble));
      case 'agent-stops':
        this.#count('agent-stops');
        await this.#agentOnline(trouble.consumer, false);
        await pause(trouble.lastsMs);
        return this.#agentOnline(trouble.consumer, true);
      case 'agent-late':
        this.#count('agent-late');
        return this.#control('PATCH', `agents/${trouble.consumer}`, { delayMs: trouble.byMs });
      case 'signal':
        if (this.#options.signal(trouble.client, trouble.signal)) this.#count(trouble.signal);
        return;
      case 'full-disk':
      case 'full-file-system':
      case 'clock-step':
      case 'slow-reader':
      // The command has had it since it began.
    }
  }

  async #restart({ downMs, keepsData }: Extract<Trouble, { readonly kind: 'restart' }>): Promise<void> {
    await this.#countMet();
    this.#count(keepsData ? 'restart' : 'restart without data');
    const killedAtMs = Date.now();
    await this.server.kill();
    await pause(downMs);
    await this.server.startAgain(keepsData);
    await this.#files?.followRestart(killedAtMs);
    this.#gates.grpc.leadTo(this.server.addresses.grpc);
    this.#gates.http.leadTo(this.server.addresses.http);
  }

  async #countMet(): Promise<void> {
    for (const kind of await this.#armed.met()) this.#count(kind);
  }

  async #rotate(trouble: Extract<Trouble, { readonly kind: 'rotation' }>): Promise<void> {
    this.#count('rotation');
    await Promise.all([this.#files?.rotate(trouble), trouble.cuts ? this.#cutAll(trouble.refusesAfterMs) : undefined]);
  }

  async #cutAll(afterMs: number): Promise<void> {
    await pause(afterMs);
    await Promise.all(Object.values(this.#gates).map(async (gate) => gate.refuse(1)));
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(act);
    return this.#turn;
  }

  async #control(method: 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
    await this.#whileUp(async () => this.server.control?.(method, path, body));
  }

  async #agentOnline(consumer: string, online: boolean): Promise<void> {
    await this.#whileUp(async () => this.server.setAgentOnline(consumer, online));
  }

  async #whileUp(tell: () => Promise<unknown>): Promise<void> {
    await this.#restarting;
    try {
      await tell();
    } catch (error) {
      // The server may be killed at any moment; what it was told is forgotten then.
      if (!(error instanceof ServerAway)) throw error;
    }
  }

  #count(kind: string): void {
    this.#struck[kind] = (this.#struck[kind] ?? 0) + 1;
  }
}
