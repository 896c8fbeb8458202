import type { AccessMode, Rotation } from './access.ts';
import type { Programs } from '../search/family.ts';
import type { ClusterObject, StoredRow } from '../works/history/history.ts';
import {
  startCommand,
  type CommandFaults,
  type CommandLine,
  type CommandPlace,
  type Ran,
  type RunningCommand,
} from './command.ts';
import { World, type Struck } from './world.ts';

/** What a program was, when it has ended, and what went wrong meanwhile. */
export interface Executed<History> {
  readonly history: History;
  readonly struck: Struck;
}

/** What the server tells once the program has ended. */
export interface Stored {
  readonly rows: readonly StoredRow[];
  readonly lostDataAtMs: readonly number[];
  /** When the server's keys and those of its clients were replaced. */
  readonly rotations: readonly Rotation[];
}

/** Where a program runs: in a folder of its own, over these clusters. */
export interface Setting {
  readonly programs: Programs;
  readonly folder: string;
  readonly consumers: readonly string[];
  /** `plaintext` unless told. */
  readonly access?: AccessMode | undefined;
}

/** A world, and how commands are run in it. */
export class Stage {
  readonly world: World;
  readonly #consumers: readonly string[];
  readonly #place: CommandPlace;
  readonly #running: Running;
  readonly #struck: string[] = [];

  constructor(world: World, { programs, folder, consumers }: Setting, running: Running) {
    this.world = world;
    this.#consumers = consumers;
    this.#place = { program: programs.client, folder, env: world.env };
    this.#running = running;
  }

  /** Runs a command to its end. */
  async run(line: CommandLine, how: HowToRun = {}): Promise<Ran> {
    const { client, program = this.#place.program, faults, stop } = how;
    const command = startCommand(line, { ...this.#place, program }, faults);
    this.#running.add(command, client);
    const timer = stop && setTimeout(() => command.process.kill(stop.signal), stop.afterMs);
    try {
      const ran = await command.ended;
      this.#struck.push(...new Set(ran.struck));
      return ran;
    } finally {
      clearTimeout(timer);
      this.#running.delete(command);
    }
  }

  /** What is on the clusters, once nothing changes there any more. */
  async objectsAtRest(): Promise<readonly ClusterObject[]> {
    const { server } = this.world;
    return this.world.settled(async () =>
      (await Promise.all(this.#consumers.map(async (consumer) => server.objects(consumer)))).flat(),
    );
  }

  /** How often each kind of trouble struck, those within commands too. */
  get struck(): Struck {
    const all = this.world.struck;
    for (const kind of this.#struck) all[kind] = (all[kind] ?? 0) + 1;
    return all;
  }
}

/** A signal that a command gets so long after its begin, if it still runs. */
export interface Stop {
  readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT';
  readonly afterMs: number;
}

export interface HowToRun {
  /** The client that troubles of the program know it by; without one, none that strikes clients strikes it. */
  readonly client?: number;
  /** In place of the command. */
  readonly program?: string;
  readonly faults?: CommandFaults;
  readonly stop?: Stop | undefined;
}

/** Commands on their way, and whose they are. */
class Running {
  readonly #commands = new Map<RunningCommand, number | undefined>();

  add(command: RunningCommand, client: number | undefined): void {
    this.#commands.set(command, client);
  }

  delete(command: RunningCommand): void {
    this.#commands.delete(command);
  }

  /** False when the client runs none. */
  signal(client: number, signal: NodeJS.Signals): boolean {
    const [command] = [...this.#commands].find(([, whose]) => whose === client) ?? [];
    return command?.process.kill(signal) === true;
  }

  /** Returns when they have ended, and nothing of theirs is left. */
  async killAll(): Promise<void> {
    const commands = [...this.#commands.keys()];
    for (const { process } of commands) process.kill('SIGKILL');
    await Promise.allSettled(commands.map(async ({ ended }) => ended));
  }
}

/**
 * Opens a world, has the program act in it, and closes it, whatever happens; no command is left running.
 *
 * @param act gives what makes a history of what was stored, which can be read only when the server has ended
 */
export async function inWorld<History>(
  setting: Setting,
  act: (stage: Stage) => Promise<(stored: Stored) => History>,
): Promise<Executed<History>> {
  const running = new Running();
  const { programs, folder, consumers, access = 'plaintext' } = setting;
  const signal = (client: number, name: NodeJS.Signals): boolean => running.signal(client, name);
  const world = await World.open({ serve: programs.serve, folder, consumers, access, signal });
  const stage = new Stage(world, setting, running);
  try {
    const historyOf = await act(stage);
    await world.close();
    const { lostDataAtMs } = world.server;
    const history = historyOf({ rows: await world.server.rows(), lostDataAtMs, rotations: world.rotations });
    return { history, struck: stage.struck };
  } finally {
    await running.killAll();
    await world.close();
  }
}
