import type { Fault, PropertyOf } from '../../properties/property.ts';
import { crossesLoss, rowsInReach } from '../../properties/moments.ts';
import { jsonIn } from '../../properties/told.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import type { Step } from '../program/steps.ts';

/** Something that holds whatever happens. */
export type Property = PropertyOf<History>;

/** Steps that ask to write objects. */
export type WritingStep = Extract<Step, { readonly kind: 'apply' | 'build' }>;

export function isWriting(step: Step): step is WritingStep {
  return step.kind === 'apply' || step.kind === 'build';
}

export function allCalls({ calls, reruns }: History): readonly Call[] {
  return [...calls, ...reruns];
}

/** Rows of the work that a call is about, but for those of before or after a loss of data that it never saw. */
export function rowsAbout(history: History, call: Call): readonly StoredRow[] {
  const { step } = call;
  if (!('target' in step)) return [];
  const { consumer, work } = step.target;
  return rowsInReach(history, call).filter((row) => row.consumer === consumer && row.work === work);
}

/** Whether a step leaves a result file. */
export function hasResult({ kind }: Step): boolean {
  return kind !== 'list' && kind !== 'follow';
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

/** The condition that a step waits for, of a work that stands; undefined when it waits for none. */
export function awaitedBy(step: Step): 'Applied' | 'Available' | undefined {
  if (step.kind === 'apply' || step.kind === 'delete-resource') return step.wait === true ? 'Applied' : undefined;
  if (step.kind !== 'wait' || step.until === 'Deleted') return undefined;
  return step.until === 'Available' ? 'Available' : 'Applied';
}

/** Undefined when nothing was printed, or no JSON. */
export function toldBy({ stdout }: Call): Told | undefined {
  const printed = jsonIn(stdout) as { readonly works?: readonly Told[] } | undefined;
  return printed?.works?.[0];
}

/** The name by which objects tell the call; both rounds of a rerun write the same. */
export function markOf({ name }: Call): string {
  return name.replace(/-(first|second)$/, '');
}

/** What is wrong with each call, but for those in the course of which data was lost. */
export function faultsOfCalls(
  history: History,
  faultsOf: (call: Call, history: History) => readonly string[],
): readonly Fault[] {
  return allCalls(history).flatMap((call) =>
    crossesLoss(history, call) ? [] : faultsOf(call, history).map((what) => ({ what, calls: [call.name] })),
  );
}

/** What is wrong with calls that ended well, but for those in the course of which data was lost. */
export function faultsOfSuccesses(
  history: History,
  faultsOf: (call: Call, history: History) => readonly string[],
): readonly Fault[] {
  return faultsOfCalls(history, (call) => (call.exitCode === 0 ? faultsOf(call, history) : []));
}
