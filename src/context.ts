import type { ConnectionSettings } from './clients/connection.ts';
import type { OnRequest, StatusSubscriber, WorkReader, WorkWriter } from './clients/transport.ts';
import type { Clock } from './clock.ts';
import type { RunFacts } from './core/outcome/run-facts.ts';
import type { RollOutFact } from './core/roll-out/facts.ts';
import type { HeldTerminal, TerminalOwner } from './io/held-terminal.ts';
import type { ProgramEnd, ProgramOptions } from './io/run-program.ts';
import type { Stopwatch } from './operations/stopwatch.ts';

/** Where text goes. `isTTY` decides on colour and spinner, `columns` on the width of tables. */
export interface OutputStream {
  /** @param kind `data`: for a program, to the letter; else text for people, which is made harmless */
  write(text: string, kind?: 'data'): void;
  /** Why nothing can be written any more, once a write has failed; what is written after that is dropped. */
  readonly fault?: NodeJS.ErrnoException | undefined;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  /** What is drawn below all that is written to either output, on a terminal; set by the run. */
  readonly bottom?: BottomArea;
}

/** Lines at the bottom of a terminal that say what goes on. */
export interface BottomArea {
  /**
   * Draws this from now on, several times a second, in place of what was drawn before.
   *
   * @param now also at once; else only when nothing was drawn before
   */
  show(picture: BottomPicture, now?: boolean): void;
  /** Takes the lines away. */
  end(): void;
  /** Writes something else above the lines. */
  above(text: string, write: () => void): void;
}

/** A line to draw: its text may be foreign, what stands before it is ours. */
export interface BottomLine {
  readonly text: string;
  /** With its colours, and how many columns it takes. */
  readonly before?: { readonly text: string; readonly columns: number };
}

/** What is drawn: asked for again each time, because time passes. It is told how many columns one line may take. */
export type BottomPicture = (columns: number) => readonly BottomLine[];

/** Both sides of Maestro, opened for one run. */
export interface Maestro {
  readonly writer: WorkWriter;
  readonly reader: WorkReader;
  /** Opens a stream only when it is iterated. */
  readonly subscriber: StatusSubscriber;
  /** Tries that reach nobody are told of already. */
  readonly tellsTrouble?: boolean;
  close(): Promise<void>;
}

/**
 * All that a command may touch of the world, passed explicitly. Below bin/
 * nothing else knows the process.
 */
export interface Context {
  /** The result, and nothing else. */
  readonly stdout: OutputStream;
  /** Progress, warnings, logs, errors. */
  readonly stderr: OutputStream;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** A person can be asked: standard input and stderr are terminals. */
  readonly interactive: boolean;
  /**
   * Takes the whole screen and single keys of the terminal for one command; absent where standard input or output is
   * no terminal.
   */
  readonly holdTerminal?: ((owner: TerminalOwner) => HeldTerminal) | undefined;
  /** What runs us, for `version`. */
  readonly runtime: { readonly node: string; readonly platform: string };
  /** What was typed to start us, when it was not `maestro-cli`: as a plugin of kubectl it is `kubectl maestro`. */
  readonly invokedAs?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative paths start from. */
  readonly cwd: string;
  readonly pid: number;
  /** Whether there is a process of this number on this host. */
  readonly isRunning: (pid: number) => boolean;
  readonly clock: Clock;
  /** When the process began, on `clock.monotonicMs`; the run itself when absent. */
  readonly startedMs?: number;
  /** Told of what takes the time of the run; set by the run. */
  readonly stopwatch?: Stopwatch;
  /** What results tell of the run itself, as it is now; set by the run. */
  readonly facts?: () => RunFacts;
  /** What was typed, as it may be kept: without its secrets. Set by the run. */
  readonly commandLine?: string;
  /** Told what happens in a roll-out, where a report of it was asked for; set by the run. */
  readonly rollOut?: { take(fact: RollOutFact): void };
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** Memory that this process may take for what it reads, above what it takes anyway. Bytes. */
  readonly roomBytes: number;
  /** Aborted with a MaestroError (`interrupted`, `terminated`) as its reason on the first signal. */
  readonly signal: AbortSignal;
  /**
   * Starts another program, without a shell, and waits for its end: an editor
   * that has the terminal, or one whose output is wanted. It gets our
   * environment, and ends when `signal` is aborted, whose reason is thrown then.
   */
  readonly run: (argv: readonly [string, ...string[]], options: ProgramOptions) => Promise<ProgramEnd>;
  /** Told by commands before many works pass through: memory stays where it is, for some processor time. */
  readonly keepHeapSmall: () => void;
  /** Loads the transports and opens them; nothing is sent before the first call. Told of each request. */
  readonly connect: (settings: ConnectionSettings, onRequest?: OnRequest) => Promise<Maestro>;
  /** Says once where this run writes, on a terminal; set by the run, which says it itself before a first write. */
  readonly nameTarget?: (text: string) => void;
  /** Told of each request that no connection to Maestro tells of; set by the run, with -v. */
  readonly tellRequest?: OnRequest;
}
