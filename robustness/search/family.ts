import type fc from 'fast-check';
import type { ServerMaker } from '../world/server.ts';
import type { Struck } from '../world/world.ts';

/** The program that the clients run, the one that serves them, and how a Maestro is made for them. */
export interface Programs {
  readonly client: string;
  readonly server: string;
  /** Makes the Maestro that one program runs against: a stand-in, or a part of a real one. */
  readonly serve: ServerMaker;
}

/** How large a program may become. */
export interface Size {
  readonly clients: number;
  /** Of each client. */
  readonly steps: number;
}

/** What must not be, in words for whoever has to find out why. */
export interface Violation {
  readonly property: string;
  readonly what: string;
  /** The calls that it is about. */
  readonly calls: readonly string[];
}

export interface Outcome {
  readonly violations: readonly Violation[];
  /** How each call ended: its exit code or signal. */
  readonly ends: readonly string[];
  readonly struck: Struck;
  /** All that happened, as data for whoever has to find out why. */
  readonly history: unknown;
}

/**
 * Programs of one sort, which are made from a seed, run in a world of their own and held against properties. A program
 * is data, so that it can be shrunk, printed and run again.
 */
export interface Family<Program> {
  readonly name: string;
  /** How often it is chosen, beside the other families. */
  readonly weight: number;
  /** Whether its programs may run against a real Maestro. */
  readonly onRealServer: boolean;
  /** Each says in one sentence what holds whatever happens. */
  readonly properties: readonly { readonly name: string; readonly says: string }[];
  /** What has to be installed for its programs, in a line for the user; undefined when all is there. */
  readonly lacks?: () => string | undefined;
  programs(size: Size): fc.Arbitrary<Program>;
  /** @param folder empty, for this program alone, and removed after it */
  run(program: Program, programs: Programs, folder: string): Promise<Outcome>;
}
