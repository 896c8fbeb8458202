import { setTimeout as pause } from 'node:timers/promises';
import type { Programs } from '../../search/family.ts';
import type { Struck } from '../../world/world.ts';
import type { GitopsHistory, StoredWork } from '../history.ts';
import type { GitopsProgram } from '../program/program.ts';
import { act } from './act.ts';
import { differences } from './differences.ts';
import { openWorld, type GitopsWorld } from './gitops-world.ts';
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
const arrivesWithinMs = 60_000;
/** So long nothing happens any more then. */
const restsForMs = 2_500;

/** What a replica logs when the brake of its garbage collection holds. */
const brakeHolds = 'too many bundles have no hub application';
/** What it logs when it lets an Application go without a word from its cluster. */
const unconfirmed = ['removed the application was not seen', 'released before cluster'];

export async function execute(program: GitopsProgram, programs: Programs, folder: string): Promise<Executed> {
  const { replicas, brake } = program;
  const world = await openWorld({ program: programs.client, folder, replicas, brake });
  const troubles = new Troubles(world);
  try {
    troubles.begin(program.troubles);
    const ends = await actAll(program, world);
    await troubles.end();
    const { left, letMs } = await ended(world, brake !== undefined);
    const restMs = left.length === 0 ? Date.now() : undefined;
    if (restMs !== undefined) await pause(restsForMs);
    const gone = world.replicas.flatMap(({ name, exit }) =>
      exit === undefined ? [] : [`${name} is not running: ${exit}`],
    );
    const { hub, spokes, lease } = world.recorder;
    const writes = world.recorder.writes();
    await world.close();
    const logs = world.replicas.map(({ log }) => log);
    const history = {
      hub,
      spokes,
      lease,
      writes,
      stored: world.maestro.stored(),
      lostMs: world.maestro.lostMs,
      unconfirmed: logs.flatMap((log) => releasedUnconfirmed(log)),
      differences: [...left, ...gone],
      ...(restMs === undefined ? {} : { restMs }),
      ...(brake === undefined || letMs === undefined ? {} : { braking: { limit: brake, letMs } }),
    };
    return {
      history,
      struck: troubles.struck,
      ends: [...ends, ...world.replicas.flatMap((replica) => replica.ends)],
      logs,
    };
  } finally {
    await troubles.over();
    await world.close();
  }
}

interface Ended {
  /** What still differs after a long time. */
  readonly left: readonly string[];
  /** From when on the garbage collection might pass its brake. */
  readonly letMs?: number;
}

/** Waits until all has arrived; with a brake, what it holds up is left at first, and then let go. */
async function ended(world: GitopsWorld, isBraked: boolean): Promise<Ended> {
  const held = await arrived(world, isBraked);
  if (!isBraked) return { left: held };
  const letMs = Date.now();
  await Promise.all(world.replicas.map(async (replica) => replica.passBrake()));
  return { left: [...held, ...(await arrived(world, false))], letMs };
}

/** Applications of which a log says so. */
function releasedUnconfirmed(log: string): readonly string[] {
  return log.split('\n').flatMap((line) => {
    if (!unconfirmed.some((text) => line.includes(text))) return [];
    const application = /"application":"([^"]+)"/.exec(line)?.[1];
    return application === undefined ? [] : [application];
  });
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

/**
 * Waits until nothing differs any more.
 *
 * @param mayHold works without an Application may stay when a replica says that it holds them
 * @returns what still does after a long time
 */
async function arrived(world: GitopsWorld, mayHold: boolean): Promise<readonly string[]> {
  const endMs = performance.now() + arrivesWithinMs;
  const forgotten = forgottenOf(world.maestro.forgotten);
  for (;;) {
    const found = await differences(world, forgotten);
    const holds = mayHold && world.replicas.some(({ log }) => log.includes(brakeHolds));
    const left = found.filter(({ isLeft }) => !(holds && isLeft)).map(({ what }) => what);
    if (left.length === 0 || performance.now() > endMs) return left;
    await pause(200);
  }
}

function forgottenOf(works: readonly StoredWork[]): ReadonlySet<string> {
  return new Set(works.map(({ consumer, key }) => `${consumer} ${key}`));
}
