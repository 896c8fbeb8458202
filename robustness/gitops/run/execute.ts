import { setTimeout as pause } from 'node:timers/promises';
import type { Programs } from '../../search/family.ts';
import { ledgerLines } from '../../world/ledger.ts';
import type { Struck } from '../../world/world.ts';
import type { GitopsHistory } from '../history.ts';
import type { GitopsProgram } from '../program/program.ts';
import { act } from './act.ts';
import { differences } from './differences.ts';
import { openWorld, type GitopsWorld } from './gitops-world.ts';
import { storedWorkOf } from './read.ts';
import { Troubles } from './strike.ts';

export interface Executed {
  readonly history: GitopsHistory;
  readonly struck: Struck;
  /** How each action and each run of a replica ended. */
  readonly ends: readonly string[];
  /** What the replicas logged. */
  readonly logs: readonly string[];
}

/** So long everything may take to arrive once all is well. */
const arrivesWithinMs = 30_000;
/** So long nothing happens any more then. */
const restsForMs = 2_500;

export async function execute(program: GitopsProgram, programs: Programs, folder: string): Promise<Executed> {
  const world = await openWorld({ program: programs.client, folder, replicas: program.replicas });
  const troubles = new Troubles(world);
  try {
    troubles.begin(program.troubles);
    const ends = await actAll(program, world);
    await troubles.end();
    const left = await arrived(world);
    const restMs = left.length === 0 ? Date.now() : undefined;
    if (restMs !== undefined) await pause(restsForMs);
    const ended = world.replicas.flatMap(({ name, exit }) =>
      exit === undefined ? [] : [`${name} is not running: ${exit}`],
    );
    const { hub, spokes, lease } = world.recorder;
    const writes = world.recorder.writes();
    await world.close();
    const history = {
      hub,
      spokes,
      lease,
      writes,
      stored: ledgerLines(world.maestro.file).map((line) => storedWorkOf(line)),
      differences: [...left, ...ended],
      ...(restMs === undefined ? {} : { restMs }),
    };
    return {
      history,
      struck: troubles.struck,
      ends: [...ends, ...world.replicas.flatMap((replica) => replica.ends)],
      logs: world.replicas.map(({ log }) => log),
    };
  } finally {
    await world.close();
  }
}

async function actAll({ actions }: GitopsProgram, world: GitopsWorld): Promise<readonly string[]> {
  const startMs = performance.now();
  const ends: string[] = [];
  for (const [index, { afterMs, does }] of actions.entries()) {
    await pause(Math.max(0, startMs + afterMs - performance.now()));
    ends.push(`${does.kind} ${await act(does, index, world)}`);
  }
  return ends;
}

/** Waits until nothing differs any more. @returns what still does after a long time */
async function arrived(world: GitopsWorld): Promise<readonly string[]> {
  const endMs = performance.now() + arrivesWithinMs;
  for (;;) {
    const left = await differences(world);
    if (left.length === 0 || performance.now() > endMs) return left;
    await pause(200);
  }
}
