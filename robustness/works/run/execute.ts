import { inWorld, type Executed, type Stage } from '../../world/in-world.ts';
import { faultsOfCommand, type Disturbance } from '../../world/troubles.ts';
import type { Programs } from '../../search/family.ts';
import type { Call, History } from '../history/history.ts';
import { commandLine } from '../program/command-line.ts';
import { consumers, type Program, type Step } from '../program/steps.ts';
import { rerunCalls } from './reruns.ts';

/** Runs a program in a world of its own, in this folder: each client one process after the other. */
export async function execute(program: Program, programs: Programs, folder: string): Promise<Executed<History>> {
  return inWorld({ programs, folder, consumers, access: program.access }, async (stage) => {
    const { world } = stage;
    const { disturbances } = program;
    const padBytes = isReadSlowly(program) ? paddedBytes : 0;
    world.disturb(disturbances);
    const made = await Promise.all(
      program.clients.map(async (steps, client) => clientCalls({ steps, client, stage, padBytes, disturbances })),
    );
    await world.allWell();
    const reruns = await rerunCalls(program, stage, padBytes);
    const objects = await stage.objectsAtRest();
    return (stored) => ({ calls: made.flat(), reruns, objects, ...stored });
  });
}

/** What a pipe and its two ends hold of four such objects is less than all of them. */
const paddedBytes = 100_000;

function isReadSlowly({ disturbances, clients }: Program): boolean {
  return (
    disturbances.some(({ trouble }) => trouble.kind === 'slow-reader') ||
    clients.flat().some((step) => step.kind === 'follow' && step.reader !== undefined)
  );
}

interface Client {
  readonly steps: readonly Step[];
  readonly client: number;
  readonly stage: Stage;
  readonly padBytes: number;
  readonly disturbances: readonly Disturbance[];
}

async function clientCalls({ steps, client, stage, padBytes, disturbances }: Client): Promise<readonly Call[]> {
  const calls: Call[] = [];
  for (const [index, step] of steps.entries()) {
    const name = `c${String(client)}s${String(index)}`;
    const { reader, stop } = step.kind === 'follow' ? step : {};
    const faults = { ...faultsOfCommand(disturbances, { client, step: index }), ...(reader && { reader }) };
    const line = commandLine(step, name, { ...stage.world.server.scope, padBytes });
    // Who follows gets the signal of its step alone, so that it is known which one ended it.
    const whose = step.kind === 'follow' ? {} : { client };
    calls.push({ ...(await stage.run(line, { ...whose, faults, stop })), name, client, step });
  }
  return calls;
}
