import { setTimeout as pause } from 'node:timers/promises';
import { startServer, type Server } from '../../../test/gitops/rig/processes.ts';

export interface ReplicaOptions {
  readonly name: string;
  readonly program: string;
  readonly kubeconfig: string;
  readonly env: NodeJS.ProcessEnv;
  /** How many works without an Application may go at once. */
  readonly brake: number | undefined;
}

/** Short times of the Lease, so that another replica leads within a program. */
const argv = [
  'gitops',
  'controller',
  '--lease-duration=3s',
  '--renew-deadline=2s',
  '--retry-period=500ms',
  '--health-address=none',
  '--metrics-address=none',
  '--gc-interval=2s',
  '--timeout=5s',
];

/** Both controllers in a process of their own, which is started again when it ends. */
export class Replica {
  readonly name: string;
  readonly #options: ReplicaOptions;
  #server: Server;
  readonly #logs: string[] = [];
  /** How each run of it ended. */
  readonly ends: string[] = [];
  #restarting: Promise<void> = Promise.resolve();
  #passesBrake = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.name = options.name;
    this.#server = this.#start();
  }

  /** Ends it by this signal, and starts it again; one after the other. */
  async restart(signal: 'KILL' | 'TERM', downMs: number): Promise<void> {
    this.#restarting = this.#restarting.then(async () => {
      this.#server.signal(signal);
      await this.#ended(20_000);
      await this.#keep();
      await pause(downMs);
      this.#server = this.#start();
    });
    return this.#restarting;
  }

  /** Starts it again so that the brake of its garbage collection holds nothing any more. */
  async passBrake(): Promise<void> {
    this.#passesBrake = true;
    return this.restart('TERM', 0);
  }

  /** Why it is not running; undefined when it is. */
  get exit(): string | undefined {
    return this.#server.exit();
  }

  get log(): string {
    return [...this.#logs, this.#server.log()].join('\n--- started again ---\n');
  }

  async stop(): Promise<void> {
    await this.#restarting;
    this.#server.signal('KILL');
    await this.#keep();
  }

  async #ended(boundMs: number): Promise<void> {
    for (let waitedMs = 0; this.#server.exit() === undefined && waitedMs < boundMs; waitedMs += 20) await pause(20);
  }

  async #keep(): Promise<void> {
    await this.#server.stop();
    this.ends.push(this.#server.exit() ?? 'killed');
    this.#logs.push(this.#server.log());
  }

  #start(): Server {
    const { program, kubeconfig, env, name, brake } = this.#options;
    const braking = [
      ...(brake === undefined ? [] : [`--gc-brake=${String(brake)}`]),
      ...(this.#passesBrake ? ['--gc-override-brake'] : []),
    ];
    return startServer(program, [...argv, ...braking, `--kubeconfig=${kubeconfig}`], { ...env, POD_NAME: name });
  }
}
