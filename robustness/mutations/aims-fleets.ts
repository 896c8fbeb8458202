import { consumers, type Program, type RollOutStep, type Step } from '../fleets/program/steps.ts';
import type { Holds } from './aims.ts';

/** A client begins with a roll-out over a fleet. */
export const beginsWithRollOut: Holds<Program> = ({ clients }) => clients.some(([step]) => step?.kind === 'roll-out');

/** The same program with its roll-outs changed so. */
function withRollOuts(program: Program, change: Partial<RollOutStep>): Program {
  const changed = (step: Step): Step => (step.kind === 'roll-out' ? { ...step, ...change } : step);
  return { ...program, clients: program.clients.map((steps) => steps.map(changed)) };
}

/** Roll-outs by the library, whose program's signal comes while they try to connect. */
export function abortedWhileAway(program: Program): Program {
  const aborted = withRollOuts(program, { by: 'library', stop: { signal: 'SIGTERM', afterMs: 2_500 } });
  const away = { kind: 'refuse', side: 'grpc', lastsMs: 5_000 } as const;
  return { ...aborted, disturbances: [...aborted.disturbances, { afterMs: 0, trouble: away }] };
}

/** Roll-outs that go from cluster to cluster, each after the report of the one before, and so last for seconds. */
function oneByOne(program: Program, change: Partial<RollOutStep>): Program {
  const waves = { consumers, how: 'force', canary: 0, waves: 1, maxFailures: 0, wait: true, stream: false } as const;
  const late = consumers.map((consumer) => ({ kind: 'agent-late', consumer, byMs: 1_200 }) as const);
  return {
    ...withRollOuts(program, { ...waves, stop: undefined, ...change }),
    disturbances: late.map((trouble) => ({ afterMs: 0, trouble })),
  };
}

/** Roll-outs by the library, whose program's signal comes when a write was sent and its answer is on its way. */
export function abortedUnanswered(program: Program): Program {
  const slow = oneByOne(program, { by: 'library', stop: { signal: 'SIGTERM', afterMs: 5_500 } });
  const halfOpen = { kind: 'half-open', side: 'grpc', way: 'answer', lastsMs: 8_000 } as const;
  return { ...slow, disturbances: [...slow.disturbances, { afterMs: 1_500, trouble: halfOpen }] };
}

/** Steps made of the first roll-out of each client, and nothing that goes wrong meanwhile. */
function ofTheFirst(program: Program, steps: (first: RollOutStep) => readonly Step[]): Program {
  const plain = { how: 'force', canary: 0, waves: 0, wait: false, stop: undefined } as const;
  const clients = program.clients.map(([first]) => (first?.kind === 'roll-out' ? steps({ ...first, ...plain }) : []));
  return { ...program, clients, disturbances: [] };
}

/** A roll-out with a journal, which is gone on with when another has written the same works. */
export function resumedAfterOthers(program: Program): Program {
  return ofTheFirst(program, (first) => [
    { ...first, by: 'command', journal: true },
    { ...first, by: 'library', journal: false },
    { kind: 'resume' },
  ]);
}

/**
 * A roll-out that is killed when all is written and only its canary has reported, and gone on with by its journal when
 * another has written the canary's work.
 */
export function resumedPastItsCanary(program: Program): Program {
  const [canary = '', ...others] = consumers;
  const shaped = ofTheFirst(program, (first) => [
    {
      ...first,
      ...{ consumers, by: 'command', journal: true, canary: 1, wait: true },
      stop: { signal: 'SIGKILL', afterMs: 3_000 },
    },
    { ...first, consumers: [canary], by: 'library', journal: false, template: !first.template },
    { kind: 'resume' },
  ]);
  const late = others.map((consumer) => ({ kind: 'agent-late', consumer, byMs: 30_000 }) as const);
  return { ...shaped, disturbances: late.map((trouble) => ({ afterMs: 0, trouble })) };
}

/** Works of one source, which the other is to delete by their names. */
export function deletedByOthers(program: Program): Program {
  return ofTheFirst(program, (first) => [
    { ...first, source: 'south' },
    { ...first, kind: 'delete', source: 'north', by: 'command', force: true },
  ]);
}

/** Roll-outs by the command with a journal that takes a part of a line once the first works are in it. */
export function journaledWithoutRoom(program: Program): Program {
  const slow = oneByOne(program, { by: 'command', journal: true });
  const full = slow.clients.flatMap((steps, client) =>
    steps.slice(0, 2).map((_, step) => ({ kind: 'full-disk', client, step, roomBytes: 100, of: 'journal' }) as const),
  );
  return { ...slow, disturbances: [...slow.disturbances, ...full.map((trouble) => ({ afterMs: 3_000, trouble }))] };
}

/** Roll-outs that go on after the token with which they began is refused; the new one has been in its file for long. */
export function rolledOutWhileKeysChange(program: Program): Program {
  const slow = oneByOne(program, {});
  const times = { takesAfterMs: 0, publishesAfterMs: 200, refusesAfterMs: 3_500 };
  const rotation = { kind: 'rotation', cuts: false, ...times } as const;
  return { ...slow, access: 'token', disturbances: [...slow.disturbances, { afterMs: 500, trouble: rotation }] };
}
