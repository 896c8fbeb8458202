import type { Call, History, StoredRow } from '../history/history.ts';
import type { Violation } from '../../search/family.ts';
import type { Step, Target } from '../program/steps.ts';

/** Something that holds whatever happens. */
export interface Property {
  readonly name: string;
  /** One sentence, for the table in the README. */
  readonly says: string;
  check(history: History): readonly Omit<Violation, 'property'>[];
}

/** Steps that ask to write objects. */
export type WritingStep = Extract<Step, { readonly kind: 'apply' | 'build' }>;

export function isWriting(step: Step): step is WritingStep {
  return step.kind === 'apply' || step.kind === 'build';
}

/** Rows of the work that a step is about. */
export function rowsOf({ rows }: History, { consumer, work }: Target): readonly StoredRow[] {
  return rows.filter((row) => row.consumer === consumer && row.work === work);
}

/** What a command printed about its one work. */
export interface Told {
  readonly exitCode?: number;
  readonly phase?: string;
  readonly reason?: string;
  readonly operation?: string;
  readonly version?: number;
  readonly message?: string;
}

/** Undefined when nothing was printed, or no JSON. */
export function toldBy({ stdout }: Call): Told | undefined {
  try {
    const { works } = JSON.parse(stdout) as { readonly works?: readonly Told[] };
    return works?.[0];
  } catch {
    return undefined;
  }
}

/** The name by which objects tell the call; both rounds of a rerun write the same. */
export function markOf({ name }: Call): string {
  return name.replace(/-(first|second)$/, '');
}

/** The moment at which data was lost lies within the call: what it wrote before may be gone. */
export function crossesLoss({ lostDataAtMs }: History, { startedMs, endedMs }: Call): boolean {
  return lostDataAtMs.some((atMs) => atMs >= startedMs - 2_000 && atMs <= endedMs + 2_000);
}

/** Clocks of one machine, read in two processes; the database writes whole milliseconds. */
export const clockMs = 5;

/** Without what was stored before data was lost that the call never saw. */
function sinceLoss(history: History, { startedMs }: Call): History {
  const epoch = history.lostDataAtMs.filter((atMs) => atMs < startedMs).length;
  return { ...history, rows: history.rows.filter((row) => row.epoch === epoch) };
}

/** What is wrong with calls that ended well, but for those in the course of which data was lost. */
export function faultsOfSuccesses(
  history: History,
  faultsOf: (call: Call, history: History) => readonly string[],
): readonly Omit<Violation, 'property'>[] {
  return [...history.calls, ...history.reruns].flatMap((call) =>
    call.exitCode === 0 && !crossesLoss(history, call)
      ? faultsOf(call, sinceLoss(history, call)).map((what) => ({ what, calls: [call.name] }))
      : [],
  );
}
