import type { Rotation } from '../../world/access.ts';
import type { Ran } from '../../world/command.ts';
import type { StoredRow } from '../../works/history/history.ts';
import type { PlainStep } from '../program/command-line.ts';

/** One run of the command, or of a process that calls the library. */
export interface FleetCall extends Ran {
  /** Of its own. */
  readonly name: string;
  /** The call whose objects it writes: itself, or the one that it goes on with. */
  readonly mark: string;
  readonly step: PlainStep;
  /** Works that were in the journal before it began. */
  readonly journalBefore: readonly JournalEntry[];
  /** And when it had ended; empty without a journal. */
  readonly journal: readonly JournalEntry[];
  /** Its last line had no end then, and had one before the call began. */
  readonly isJournalCut?: boolean;
}

/** A line of a journal: this work was stored. */
export interface JournalEntry {
  readonly consumer: string;
  readonly name: string;
  readonly version: number;
}

export interface FleetHistory {
  readonly calls: readonly FleetCall[];
  /** At the end, without any trouble: each journal's roll-out once more, and then roll-outs anew, twice each. */
  readonly resumed: readonly FleetCall[];
  readonly again: readonly FleetCall[];
  readonly rows: readonly StoredRow[];
  readonly lostDataAtMs: readonly number[];
  readonly rotations: readonly Rotation[];
}

/** What a call told of one work. */
export interface ToldWork {
  readonly name: string;
  readonly consumer: string;
  readonly id?: string;
  readonly exitCode: number;
  readonly phase: string;
  readonly reason: string;
  readonly operation?: string;
  readonly version?: number;
  readonly message: string;
}

/** An error that the library threw, or gave in its result. */
export interface ToldError {
  /** Whether it is a MaestroError. */
  readonly ours: boolean;
  readonly code?: string;
  readonly reason?: string;
  readonly exitCode?: number;
  readonly retryable?: boolean;
  readonly delivery?: string;
  readonly message: string;
}

/** A change that a watch told. */
export interface ToldChange {
  readonly kind: string;
  readonly id: string;
  readonly consumer: string;
  readonly name: string;
  readonly version: number;
  readonly reported?: number;
  readonly state: string;
}

/** All that a call printed; undefined when it printed no whole JSON. */
export interface Told {
  readonly works: readonly ToldWork[];
  readonly summary?: Readonly<Record<string, number>>;
  readonly rollOut?: {
    readonly ok: boolean;
    readonly exitCode: number;
    readonly works: number;
    readonly notBegun: number;
  };
  readonly error?: ToldError;
  readonly changes?: readonly ToldChange[];
}
