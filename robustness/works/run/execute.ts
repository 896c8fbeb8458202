import type { Struck } from '../../world/world.ts';
import { startCommand, type CommandPlace, type RunningCommand } from '../../world/command.ts';
import type { Scope } from '../../world/server.ts';
import { faultsOfCommand, type Disturbance } from '../../world/troubles.ts';
import { World } from '../../world/world.ts';
import type { Programs } from '../../search/family.ts';
import type { Call, History } from '../history/history.ts';
import { commandLine } from '../program/command-line.ts';
import { consumers, type Program, type Step } from '../program/steps.ts';

export interface Executed {
  readonly history: History;
  readonly struck: Struck;
}

/** Runs a program in a world of its own, in this folder: each client one process after the other. */
export async function execute(program: Program, programs: Programs, folder: string): Promise<Executed> {
  const running = new Map<number, RunningCommand>();
  const world = await World.open({
    serve: programs.serve,
    folder,
    consumers,
    signal: (client, signal) => running.get(client)?.process.kill(signal) === true,
  });
  try {
    const padBytes = program.disturbances.some(({ trouble }) => trouble.kind === 'slow-reader') ? paddedBytes : 0;
    const scope = { ...world.server.scope, padBytes };
    const place: Place = { program: programs.client, folder, env: world.env, scope };
    world.disturb(program.disturbances);
    const calls = await Promise.all(
      program.clients.map(async (steps, client) =>
        clientCalls({ steps, client, place, running, disturbances: program.disturbances }),
      ),
    );
    await world.allWell();
    const reruns = await rerunCalls(program, place);
    const objects = await world.settled(async () =>
      (await Promise.all(consumers.map(async (consumer) => world.server.objects(consumer)))).flat(),
    );
    await world.close();
    const { lostDataAtMs } = world.server;
    const rows = await world.server.rows();
    const struck = world.struck;
    for (const kind of calls.flat().flatMap((call) => [...new Set(call.struck)]))
      struck[kind] = (struck[kind] ?? 0) + 1;
    return { history: { calls: calls.flat(), reruns, objects, rows, lostDataAtMs }, struck };
  } finally {
    for (const { process } of running.values()) process.kill('SIGKILL');
    await world.close();
  }
}

/** All clients of a program have one source, as the adapters of a cluster have. */
interface Place extends CommandPlace {
  readonly scope: Scope & { readonly padBytes: number };
}

/** What a pipe and its two ends hold of four such objects is less than all of them. */
const paddedBytes = 100_000;

interface Client {
  readonly steps: readonly Step[];
  readonly client: number;
  readonly place: Place;
  readonly running: Map<number, RunningCommand>;
  readonly disturbances: readonly Disturbance[];
}

async function clientCalls({ steps, client, place, running, disturbances }: Client): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (const [index, step] of steps.entries()) {
    const name = `c${String(client)}s${String(index)}`;
    const faults = faultsOfCommand(disturbances, { client, step: index });
    const command = startCommand(commandLine(step, name, place.scope), place, faults);
    running.set(client, command);
    calls.push({ ...(await command.ended), name, client, step });
    running.delete(client);
  }
  return calls;
}

/** Every write once more, and again, when nothing is wrong: the first may change something, the second may not. */
async function rerunCalls({ clients }: Program, place: Place): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const writes = clients.flatMap((steps) => steps.filter((step) => step.kind === 'apply' && !step.stale));
  for (const [client, step] of writes.entries()) {
    if (step.kind !== 'apply') continue;
    const again: Step = { ...step, how: 'force', wait: true };
    const name = `again${String(client)}`;
    for (const round of ['first', 'second']) {
      const ran = await startCommand(commandLine(again, name, place.scope), place).ended;
      calls.push({ ...ran, name: `${name}-${round}`, client, step: again });
    }
  }
  return calls;
}
