import fc from 'fast-check';
import type { RotationTimes } from './access.ts';
import type { CommandFaults } from './command.ts';
import type { Way } from './gate.ts';

/** What an agent's reports do wrong. */
export type ReportsHow = 'repeated' | 'out-of-order' | 'old-conditions' | 'jumping';

/** The side of Maestro that a fault of the network strikes. */
export type Side = 'grpc' | 'http';

/** What goes wrong. Times are milliseconds. */
export type Trouble =
  /** Nothing listens. */
  | { readonly kind: 'refuse'; readonly side: Side; readonly lastsMs: number }
  /** A connection is cut once so many bytes more went to the server, or came from it. */
  | { readonly kind: 'cut'; readonly side: Side; readonly afterBytes: number; readonly of: 'request' | 'answer' }
  /** Every piece of an answer is late. */
  | { readonly kind: 'slow'; readonly side: Side; readonly byMs: number; readonly lastsMs: number }
  /** Connections stay open, and nothing flows one way, or neither, as when no way is named. */
  | { readonly kind: 'half-open'; readonly side: Side; readonly way?: Way | 'both'; readonly lastsMs: number }
  /** A connection ends exactly when the last byte of a request has gone to the server. */
  | { readonly kind: 'cut-after-request'; readonly side: Side; readonly count: number }
  /** Events of the stream come twice, or after the next one. */
  | { readonly kind: 'repeat-events' | 'reorder-events'; readonly count: number }
  /** How an agent's reports come; see `dev` in the reference. */
  | { readonly kind: 'agent-reports'; readonly consumer: string; readonly how: ReportsHow }
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
  /** All keys of the server are made anew, and come to both sides at moments of their own. */
  | (RotationTimes & {
      readonly kind: 'rotation';
      /** Whether connections that stand are torn down when the old keys are refused, so that all show theirs. */
      readonly cuts: boolean;
    })
  /** The command of a client gets a signal while it runs. */
  | { readonly kind: 'signal'; readonly client: number; readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' }
  /** The disk of a command takes so many bytes more: for all that it writes, or for the journal of a roll-out alone. */
  | (OfCommand & { readonly kind: 'full-disk'; readonly roomBytes: number; readonly of?: 'journal' })
  /** The file system of a command's folder is full, and stays so; or that of its journal alone. */
  | (OfCommand & { readonly kind: 'full-file-system'; readonly of?: 'journal' })
  /** The clock of a command's machine jumps, back when it is negative. */
  | (OfCommand & { readonly kind: 'clock-step'; readonly byMs: number })
  /** What a command prints is read a little at a time; so that it matters, objects are large in such a program. */
  | (OfCommand & { readonly kind: 'slow-reader'; readonly pieceBytes: number; readonly everyMs: number });

/** A trouble of one command from its begin on: `afterMs` counts since that. */
export interface OfCommand {
  readonly client: number;
  /** Which command of the client, from 0 on. */
  readonly step: number;
}

export interface Disturbance {
  /** Since the program began, or the command, for a trouble of one command. */
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
  const ofCommand = { client: fc.nat({ max: clients - 1 }), step: fc.nat({ max: 2 }) };
  return fc.oneof(
    fc.record({ kind: fc.constant('refuse' as const), side, lastsMs }),
    fc.record({
      kind: fc.constant('cut' as const),
      side,
      afterBytes: fc.integer({ min: 0, max: 3_000 }),
      of: fc.constantFrom('request' as const, 'answer' as const),
    }),
    fc.record({ kind: fc.constant('slow' as const), side, byMs: fc.integer({ min: 10, max: 800 }), lastsMs }),
    fc.record({
      kind: fc.constant('half-open' as const),
      side,
      way: fc.constantFrom('request' as const, 'answer' as const, 'both' as const),
      lastsMs,
    }),
    fc.record({ kind: fc.constant('cut-after-request' as const), side, count: fc.integer({ min: 1, max: 2 }) }),
    fc.record({
      kind: fc.constantFrom('repeat-events' as const, 'reorder-events' as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
    fc.record({
      kind: fc.constant('agent-reports' as const),
      consumer: fc.constantFrom(...consumers),
      how: fc.constantFrom('repeated' as const, 'out-of-order' as const, 'old-conditions' as const),
    }),
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
    fc.record({
      kind: fc.constant('full-disk' as const),
      ...ofCommand,
      roomBytes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2_000 })),
    }),
    fc.record({
      kind: fc.constant('clock-step' as const),
      ...ofCommand,
      byMs: fc.constantFrom(-86_400_000, -3_600_000, -5_000, 5_000, 3_600_000, 86_400_000),
    }),
    fc.record({
      kind: fc.constant('slow-reader' as const),
      ...ofCommand,
      pieceBytes: fc.integer({ min: 2_000, max: 16_000 }),
      everyMs: fc.integer({ min: 5, max: 30 }),
    }),
  );
}

export function disturbance(struckable: Struckable): fc.Arbitrary<Disturbance> {
  return fc.record({ afterMs: fc.integer({ min: 0, max: 3_000 }), trouble: trouble(struckable) });
}

/** Where a command keeps its journal, in a folder that has nothing else. */
export interface JournalPlace {
  readonly folder: string;
  readonly file: string;
}

/** What goes wrong with a command from its begin on. @param journal of a command that keeps one */
export function faultsOfCommand(
  disturbances: readonly Disturbance[],
  { client, step }: OfCommand,
  journal?: JournalPlace,
): CommandFaults {
  const faults: { -readonly [Name in keyof CommandFaults]: CommandFaults[Name] } = {};
  for (const { afterMs, trouble } of disturbances) {
    if (!('step' in trouble) || trouble.client !== client || trouble.step !== step) continue;
    switch (trouble.kind) {
      case 'full-disk':
        faults.disk = {
          ...{ afterMs, roomBytes: trouble.roomBytes },
          ...(trouble.of === undefined || journal === undefined ? {} : { file: journal.file }),
        };
        break;
      case 'full-file-system':
        faults.fileSystem = {
          afterMs,
          ...(journal === undefined ? {} : { beside: journal.folder, besideAlone: trouble.of !== undefined }),
        };
        break;
      case 'clock-step':
        faults.clock = { afterMs, byMs: trouble.byMs };
        break;
      case 'slow-reader':
        faults.reader = trouble;
    }
  }
  return faults;
}
