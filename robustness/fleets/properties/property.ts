import type { StoredManifest, StoredRow } from '../../works/history/history.ts';
import type { Violation } from '../../search/family.ts';
import type { FleetCall, FleetHistory, Told, ToldWork } from '../history/history.ts';
import type { RollOutStep } from '../program/steps.ts';

/** Something that holds whatever happens. */
export interface FleetProperty {
  readonly name: string;
  /** One sentence, for the table in the README. */
  readonly says: string;
  check(history: FleetHistory): readonly Fault[];
}

export type Fault = Omit<Violation, 'property'>;

/** Clocks of one machine, read in two processes; the database writes whole milliseconds. */
export const clockMs = 5;

/** A write that was sent may reach the server when its call has ended. */
export const underWayMs = 2_000;

export function allCalls({ calls, resumed, again }: FleetHistory): readonly FleetCall[] {
  return [...calls, ...resumed, ...again];
}

export function isRollOut<T extends FleetCall>(call: T): call is T & { readonly step: RollOutStep } {
  return call.step.kind === 'roll-out';
}

/** Undefined when nothing was printed, or no whole JSON. */
export function toldBy({ stdout }: FleetCall): Told | undefined {
  try {
    const told = JSON.parse(stdout) as Partial<Told>;
    return { ...told, works: told.works ?? [] };
  } catch {
    return undefined;
  }
}

/** What each call told of each of its works. */
export function tellings(history: FleetHistory): readonly { readonly call: FleetCall; readonly work: ToldWork }[] {
  return allCalls(history).flatMap((call) => (toldBy(call)?.works ?? []).map((work) => ({ call, work })));
}

/** Rows of one of the works that a call is about. */
export function rowsAbout({ rows }: FleetHistory, { step }: FleetCall, consumer: string): readonly StoredRow[] {
  if (step.kind === 'watch') return [];
  return rows.filter((row) => row.source === step.source && row.work === step.work && row.consumer === consumer);
}

/** What stands in the objects that this call gives this cluster. */
export function writtenAs({ mark, step }: Pick<FleetCall, 'mark' | 'step'>, consumer: string): string {
  return step.kind === 'roll-out' && step.template ? `${mark}@${consumer}` : mark;
}

/** The call of a manifest, without the cluster that it was made for. */
export function markIn({ call }: StoredManifest): string {
  return call.replace(/@.*$/, '');
}

/** Whether the row holds all that the call gives this cluster. */
export function holds(row: StoredRow, call: FleetCall & { readonly step: RollOutStep }): boolean {
  const written = writtenAs(call, row.consumer);
  return (
    !row.removed &&
    call.step.objects.every((name) => row.manifests.some((one) => one.name === name && one.call === written))
  );
}

/** Versions of a work that bring what no version directly before it had of this call. */
export function bringing(rows: readonly StoredRow[], mark: string): readonly StoredRow[] {
  return rows.filter((row, index) => {
    if (row.removed) return false;
    const before = rows[index - 1];
    const old = before === undefined || before.removed || before.epoch !== row.epoch ? [] : before.manifests;
    return row.manifests.some(
      (one) => markIn(one) === mark && !old.some(({ name, call }) => name === one.name && call === one.call),
    );
  });
}

/** The agent has reported the condition at the stored version. */
export function proves({ version, report, removed }: StoredRow): boolean {
  if (report === undefined || removed || report.version !== version) return false;
  return report.conditions.some(
    (one) => one.type === 'Applied' && one.status === 'True' && one.observedGeneration === version,
  );
}

/** Data was lost while the call ran, or nearly: what it wrote before may be gone. */
export function crossesLoss({ lostDataAtMs }: FleetHistory, { startedMs, endedMs }: FleetCall): boolean {
  return lostDataAtMs.some((atMs) => atMs >= startedMs - underWayMs && atMs <= endedMs + underWayMs);
}
