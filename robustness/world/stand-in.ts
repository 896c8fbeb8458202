import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClusterObject, StoredRow } from '../works/history/history.ts';
import type { ServerKeys } from './access.ts';
import { ask } from './ask.ts';
import { keepLedger, readLedger } from './ledger.ts';
import { endsWithUs } from './left-behind.ts';
import type { Address, Control, Server, ServerMaker } from './server.ts';
import type { Side, Trouble } from './troubles.ts';
import { isDeleting, worksAfter } from './works-of.ts';

interface Running {
  readonly process: ChildProcess;
  readonly httpPort: number;
  readonly grpcPort: number;
}

/** One that says nothing for so long never will. */
const startsWithinMs = 60_000;

/** The stand-in as users start it, in a process of its own, which can be killed and started again. */
class StandIn implements Server {
  readonly scope = { source: 'robustness', namespace: 'default', executors: true };
  /** Agents may be so late with what they were told before all was well, and a busy machine makes them later. */
  readonly restMs = 1_500;
  readonly byItself = {};
  readonly #program: string;
  readonly #folder: string;
  readonly #consumers: readonly string[];
  readonly keys?: ServerKeys;
  #epoch = 0;
  #running: Running | undefined;
  readonly lostDataAtMs: number[] = [];

  private constructor(program: string, { folder, consumers, access = 'plaintext' }: Parameters<ServerMaker>[0]) {
    this.#program = program;
    this.#folder = folder;
    this.#consumers = consumers;
    if (access === 'plaintext') return;
    this.keys = {
      mode: access,
      folder: join(folder, 'server-keys'),
      rotate: async ({ takesAfterMs, refusesAfterMs }) => {
        await this.control('PUT', 'keys', { takesAfterMs, refusesAfterMs });
      },
      taken: async () =>
        ((await this.control('GET', 'keys')) as { readonly taken: Awaited<ReturnType<ServerKeys['taken']>> }).taken,
    };
  }

  static async start(program: string, place: Parameters<ServerMaker>[0]): Promise<StandIn> {
    const server = new StandIn(program, place);
    await server.#start();
    return server;
  }

  get addresses(): Readonly<Record<Side, Address>> {
    const { httpPort, grpcPort } = this.#required();
    const here = { host: '127.0.0.1', tls: this.keys !== undefined };
    return { http: { ...here, port: httpPort }, grpc: { ...here, port: grpcPort } };
  }

  can({ kind }: Trouble): boolean {
    return kind !== 'rotation' || this.keys !== undefined;
  }

  async kill(): Promise<void> {
    const { process } = this.#required();
    this.#running = undefined;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }

  async startAgain(keepsData: boolean): Promise<void> {
    if (!keepsData) {
      this.#epoch += 1;
      this.lostDataAtMs.push(Date.now());
    }
    await this.#start();
  }

  async setAgentOnline(consumer: string, online: boolean): Promise<void> {
    await this.control('PATCH', `agents/${consumer}`, { online });
  }

  /** Its agents are of its own process. */
  async agentsWork(): Promise<void> {
    await Promise.resolve();
  }

  async deletionsEnd(): Promise<void> {
    await worksAfter(30_000, this.addresses.http, this.scope.source, isDeleting);
  }

  /** It tells its agents of all that it stores. */
  async writesArrive(): Promise<void> {
    await Promise.resolve();
  }

  readonly control: Control = async (method, path, body) =>
    ask(this.addresses.http, { method, path: `/api/standin/v1/${path}`, body });

  async objects(consumer: string): Promise<readonly ClusterObject[]> {
    const found = (await this.control('GET', `agents/${consumer}/objects`)) as readonly {
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

  async close(): Promise<void> {
    if (this.#running !== undefined) await this.kill();
  }

  async rows(): Promise<readonly StoredRow[]> {
    return Array.from({ length: this.#epoch + 1 }, (_, epoch) => readLedger(this.#file(epoch), epoch)).flat();
  }

  #file(epoch: number): string {
    return join(this.#folder, `server-${String(epoch)}.db`);
  }

  #required(): Running {
    if (this.#running === undefined) throw new Error('the server is down');
    return this.#running;
  }

  async #start(): Promise<void> {
    const file = this.#file(this.#epoch);
    const isNew = !existsSync(file);
    const argv = [
      'dev',
      `--consumers=${this.#consumers.join(',')}`,
      `--data=${file}`,
      '--http-port=0',
      '--grpc-port=0',
      ...(this.keys === undefined ? [] : [`--access=${this.keys.mode}`, `--access-dir=${this.keys.folder}`]),
    ];
    const process = endsWithUs(
      spawn(this.#program, [...argv, '--agent-delay=20ms', '--heartbeat=1s'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    const bound = setTimeout(() => process.kill('SIGKILL'), startsWithinMs);
    try {
      const ports = await announcedPorts(process);
      // Data that was kept has its ledger with it, and agents write at once when they find their works again.
      if (isNew) keepLedger(file);
      this.#running = { process, ...ports };
    } catch (error) {
      process.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(bound);
    }
  }
}

/** Makes stand-ins, each for one program, of this executable. */
export function standIn(program: string): ServerMaker {
  return async (place) => StandIn.start(program, place);
}

/** Reads what the stand-in prints at its start, and lets it print on. */
async function announcedPorts(
  process: ChildProcess,
): Promise<{ readonly httpPort: number; readonly grpcPort: number }> {
  const { stdout, stderr } = process;
  if (stdout === null || stderr === null) throw new Error('the server has no output');
  let said = '';
  stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-2_000)));
  let httpPort: number | undefined;
  let grpcPort: number | undefined;
  for await (const line of createInterface({ input: stdout })) {
    httpPort ??= portIn(/MAESTRO_HTTP_ENDPOINT=https?:\/\/[^:]+:(\d+)/, line);
    grpcPort ??= portIn(/MAESTRO_GRPC_ENDPOINT=\S*?:(\d+)\s*$/, line);
    if (httpPort !== undefined && grpcPort !== undefined) {
      stdout.resume();
      return { httpPort, grpcPort };
    }
  }
  throw new Error(`the server ended before it listened: ${said}`);
}

function portIn(pattern: RegExp, line: string): number | undefined {
  const found = pattern.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}
