import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Programs } from '../search/family.ts';
import type { CommandLine } from '../world/command.ts';
import { inWorld, type Executed, type Stage } from '../world/in-world.ts';
import type { Control } from '../world/server.ts';
import type { World } from '../world/world.ts';
import type { Call, History, Loss } from './history.ts';
import {
  consumers,
  goalLine,
  planLine,
  startLine,
  strangerLine,
  type Goal,
  type Program,
  type StrangerStep,
} from './program.ts';

/** Runs a program in a world of its own, in this folder. */
export async function execute(program: Program, programs: Programs, folder: string): Promise<Executed<History>> {
  return inWorld({ programs, folder, consumers, access: program.access }, async (stage) => {
    const { world } = stage;
    const witness = new Witness(controlOf(world));
    try {
      return await acted(program, { stage, witness, planFile: join(folder, 'plan.json') });
    } finally {
      await witness.end();
    }
  });
}

interface Scene {
  readonly stage: Stage;
  readonly witness: Witness;
  readonly planFile: string;
}

async function acted(
  program: Program,
  { stage, witness, planFile }: Scene,
): Promise<(stored: Pick<History, 'rows'>) => History> {
  const { world } = stage;
  const { scope } = world.server;
  const control = controlOf(world);
  const works = program.start.map((work, at) => startLine(work, at, scope));
  await Promise.all(works.map(async (line) => done(line, stage)));
  await done(planLine(program.to, planFile, scope), stage);
  if (program.agents === 'unowning') await setOwning(false, control);
  const begunMs = Date.now();
  world.disturb(program.disturbances);
  const operators = program.operators.map(async (goals, operator) => {
    const calls: Call[] = [];
    for (const [at, goal] of goals.entries()) {
      const ran = await stage.run(goalLine(goal, planFile), { client: operator });
      calls.push({ ...ran, name: `o${String(operator)}s${String(at)}`, step: { kind: goal } });
    }
    return calls;
  });
  const strangers = strangerCalls(program, async (step, name) => {
    const ran = await stage.run(strangerLine(program, step, name, scope));
    return { ...ran, name, step };
  });
  const calls = (await Promise.all([...operators, strangers])).flat();
  await world.allWell();
  await setOwning(true, control);
  const reruns = await rerunCalls(program, async (goal, name) => {
    const ran = await stage.run(goalLine(goal, planFile, '20s'));
    return { ...ran, name, step: { kind: goal } };
  });
  const objects = await stage.objectsAtRest();
  const losses = await witness.end();
  return ({ rows }) => ({ program, source: scope.source, begunMs, calls, reruns, rows, losses, objects });
}

function controlOf({ server }: World): Control {
  return async (method, path, body) => {
    if (server.control === undefined) throw new Error('only a stand-in tells which objects lost their owner');
    return server.control(method, path, body);
  };
}

/** Whether agents become owners of what is as it should be already. */
async function setOwning(ownsUnchanged: boolean, control: Control): Promise<void> {
  for (const consumer of consumers) await control('PATCH', `agents/${consumer}`, { ownsUnchanged });
}

/** What has to succeed before anything goes wrong. */
async function done(line: CommandLine, stage: Stage): Promise<void> {
  const { exitCode, stderr } = await stage.run(line);
  if (exitCode !== 0) throw new Error(`${line.argv.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
}

/** One after the other, and each a while after the one before, so that they meet what the operators do. */
async function strangerCalls(
  { strangers }: Program,
  call: (step: StrangerStep, name: string) => Promise<Call>,
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (const [at, step] of strangers.entries()) {
    await pause(150);
    calls.push(await call(step, `stranger${String(at)}`));
  }
  return calls;
}

/**
 * Nothing is wrong any more: the end of the program is reached, and once more. Where a rollback was begun, nothing
 * leads on but its end.
 */
async function rerunCalls(
  { ends, operators }: Program,
  call: (goal: Goal, name: string) => Promise<Call>,
): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const goals = async (...some: readonly Goal[]): Promise<boolean> => {
    for (const goal of some) calls.push(await call(goal, `again${String(calls.length)}`));
    return calls.every(({ exitCode }) => exitCode === 0);
  };
  if (ends === 'finish' && ((await goals('run', 'finish', 'finish')) || !operators.flat().includes('rollback')))
    return calls;
  await goals('rollback', 'rollback');
  return calls;
}

/** So often the clusters are asked. */
const lookMs = 40;

/**
 * Asks the clusters all the while which objects lost their last owner. A stand-in that is killed begins anew with what
 * it had stored, and has forgotten what it knew of them: what was lost in the last moment before that is not seen.
 */
class Witness {
  readonly #control: Control;
  readonly #seen = new Map<string, Loss>();
  readonly #ending = new AbortController();
  readonly #looking: Promise<void>;

  constructor(control: Control) {
    this.#control = control;
    this.#looking = this.#watch();
  }

  async end(): Promise<readonly Loss[]> {
    this.#ending.abort();
    await this.#looking;
    await this.#look();
    return [...this.#seen.values()];
  }

  async #watch(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      await this.#look();
      await pause(lookMs);
    }
  }

  async #look(): Promise<void> {
    for (const consumer of consumers) {
      const found = await this.#control('GET', `agents/${consumer}/losses`).catch(() => []);
      for (const { uid, atMs, manifest, lastOwner, removed } of found as readonly ToldLoss[])
        this.#seen.set(`${uid} ${String(atMs)} ${lastOwner}`, {
          consumer,
          object: manifest.metadata.name,
          atMs,
          lastOwner,
          removed,
        });
    }
  }
}

/** As the stand-in tells it. */
interface ToldLoss extends Omit<Loss, 'consumer' | 'object'> {
  readonly uid: string;
  readonly manifest: { readonly metadata: { readonly name: string } };
}
