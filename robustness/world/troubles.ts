import fc from 'fast-check';

/** The side of Maestro that a fault of the network strikes. */
export type Side = 'grpc' | 'http';

/** What goes wrong. Times are milliseconds. */
export type Trouble =
  /** Nothing listens. */
  | { readonly kind: 'refuse'; readonly side: Side; readonly lastsMs: number }
  /** Each connection is cut once so many bytes went to the server, or came from it. */
  | { readonly kind: 'cut'; readonly side: Side; readonly afterBytes: number; readonly of: 'request' | 'answer' }
  /** Every piece of an answer is late. */
  | { readonly kind: 'slow'; readonly side: Side; readonly byMs: number; readonly lastsMs: number }
  /** Connections stay open, and nothing flows. */
  | { readonly kind: 'half-open'; readonly side: Side; readonly lastsMs: number }
  /** The server does what it is asked for, and its answer is lost. */
  | { readonly kind: 'lose-answers'; readonly side: Side; readonly count: number }
  /** The server answers with an error without doing anything. */
  | { readonly kind: 'status'; readonly side: Side; readonly count: number }
  /** The server is killed and begins again, with what it had stored or without. */
  | { readonly kind: 'restart'; readonly downMs: number; readonly keepsData: boolean }
  /** An agent stops. */
  | { readonly kind: 'agent-stops'; readonly consumer: string; readonly lastsMs: number }
  /** An agent reports late. */
  | { readonly kind: 'agent-late'; readonly consumer: string; readonly byMs: number }
  /** The command of a client gets a signal while it runs. */
  | { readonly kind: 'signal'; readonly client: number; readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' };

export interface Disturbance {
  /** Since the program began. */
  readonly afterMs: number;
  readonly trouble: Trouble;
}

/** What a trouble can strike: so many clients, and the agents of these clusters. */
export interface Struckable {
  readonly clients: number;
  readonly consumers: readonly string[];
}

const side = fc.constantFrom('grpc' as const, 'http' as const);
const lastsMs = fc.integer({ min: 50, max: 2_500 });

function trouble({ clients, consumers }: Struckable): fc.Arbitrary<Trouble> {
  return fc.oneof(
    fc.record({ kind: fc.constant('refuse' as const), side, lastsMs }),
    fc.record({
      kind: fc.constant('cut' as const),
      side,
      afterBytes: fc.integer({ min: 0, max: 3_000 }),
      of: fc.constantFrom('request' as const, 'answer' as const),
    }),
    fc.record({ kind: fc.constant('slow' as const), side, byMs: fc.integer({ min: 10, max: 800 }), lastsMs }),
    fc.record({ kind: fc.constant('half-open' as const), side, lastsMs }),
    fc.record({ kind: fc.constant('lose-answers' as const), side, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('status' as const), side, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constant('restart' as const),
      downMs: fc.integer({ min: 0, max: 1_500 }),
      keepsData: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
    }),
    fc.record({ kind: fc.constant('agent-stops' as const), consumer: fc.constantFrom(...consumers), lastsMs }),
    fc.record({
      kind: fc.constant('agent-late' as const),
      consumer: fc.constantFrom(...consumers),
      byMs: fc.integer({ min: 0, max: 900 }),
    }),
    fc.record({
      kind: fc.constant('signal' as const),
      client: fc.nat({ max: clients - 1 }),
      signal: fc.constantFrom('SIGKILL' as const, 'SIGKILL' as const, 'SIGTERM' as const, 'SIGINT' as const),
    }),
  );
}

export function disturbance(struckable: Struckable): fc.Arbitrary<Disturbance> {
  return fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), trouble: trouble(struckable) });
}
