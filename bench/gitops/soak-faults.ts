import type { Gate } from '../../robustness/world/gate.ts';
import type { Hub, SimulatedMaestro } from './surroundings.ts';

/** What is between the controllers and the rest, and what is behind it. */
export interface Struck {
  readonly hub: Hub;
  readonly maestro: SimulatedMaestro;
  readonly gates: { readonly hub: Gate; readonly rest: Gate; readonly grpc: Gate };
}

const secondMs = 1000;

/**
 * What may go wrong. Each ends by itself within 25 seconds. A leader gives up its lease ten seconds after it renewed it
 * last, and tries every two: the hub is away for no more than five, so that one process leads for long.
 */
const faults: Readonly<Record<string, (struck: Struck) => Promise<unknown>>> = {
  // Stopped and started again with its data: connections reset and refused, and agents' reports stored meanwhile.
  'Maestro restarts': async ({ gates }) =>
    Promise.all([gates.rest.refuse(10 * secondMs), gates.grpc.refuse(10 * secondMs)]),
  'streams end': async ({ maestro }) => maestro.tell({ do: 'end-streams' }),
  'gRPC half-open': async ({ gates }) => gates.grpc.beHalfOpen(25 * secondMs),
  'answers of gRPC lost': async ({ gates }) => gates.grpc.loseAnswers(3),
  'a stream cut in an event': async ({ gates }) => gates.grpc.cutNext('answer', 1),
  'REST answers 503': async ({ maestro }) => maestro.tell({ do: 'refuse-rest', lastsMs: 20 * secondMs }),
  'REST slow': async ({ maestro }) => maestro.tell({ do: 'slow-rest', lastsMs: 20 * secondMs }),
  'Publish unavailable': async ({ maestro }) => maestro.tell({ do: 'refuse-publish', lastsMs: 20 * secondMs }),
  'hub gone': async ({ gates }) => gates.hub.refuse(5 * secondMs),
  'hub answers 429': async ({ hub }) => hub.tell({ do: 'refuse', status: 429, lastsMs: 5 * secondMs }),
  'hub answers 503': async ({ hub }) => hub.tell({ do: 'refuse', status: 503, lastsMs: 5 * secondMs }),
  'hub slow': async ({ hub }) => hub.tell({ do: 'slow', byMs: 500, lastsMs: 20 * secondMs }),
  'hub watches cut': async ({ hub }) => hub.tell({ do: 'end-watches' }),
  'hub watches too old': async ({ hub }) => hub.tell({ do: 'expire-watches' }),
};

export const faultNames: readonly string[] = Object.keys(faults);

/** The names of all faults in an order of chance, again and again, so that each strikes as often as the others. */
export function* deck(random: () => number): Generator<string, never> {
  for (;;) {
    const names = [...faultNames];
    while (names.length > 0) yield names.splice(Math.floor(random() * names.length), 1)[0] ?? '';
  }
}

export async function strike(name: string, struck: Struck): Promise<void> {
  await faults[name]?.(struck);
}
