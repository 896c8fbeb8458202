import type { StoredManifest, StoredRow } from '../../works/history/history.ts';
import { rowsInReach } from '../../properties/moments.ts';
import type { PropertyOf } from '../../properties/property.ts';
import { jsonIn } from '../../properties/told.ts';
import type { FleetCall, FleetHistory, Told, ToldWork } from '../history/history.ts';
import { isOfCommand, type RollOutStep } from '../program/steps.ts';

/** Something that holds whatever happens. */
export type FleetProperty = PropertyOf<FleetHistory>;

export function allCalls({ calls, resumed, again }: FleetHistory): readonly FleetCall[] {
  return [...calls, ...resumed, ...again];
}

export function isRollOut<T extends FleetCall>(call: T): call is T & { readonly step: RollOutStep } {
  return call.step.kind === 'roll-out';
}

/** Undefined when nothing was printed, or no whole JSON. */
export function toldBy({ stdout }: FleetCall): Told | undefined {
  const told = jsonIn(stdout) as Partial<Told> | undefined;
  return told === undefined ? undefined : { ...told, works: told.works ?? [] };
}

/** What each call told of each of its works. */
export function tellings(history: FleetHistory): readonly { readonly call: FleetCall; readonly work: ToldWork }[] {
  return allCalls(history).flatMap((call) => (toldBy(call)?.works ?? []).map((work) => ({ call, work })));
}

/** What a call tells as stored by it, and its journal does not, at the version that is told; none without a journal. */
export function notInJournal(call: FleetCall): readonly ToldWork[] {
  if (!isRollOut(call) || !call.step.journal || !isOfCommand(call)) return [];
  return (toldBy(call)?.works ?? []).filter(
    ({ consumer, operation = '', version }) =>
      ['created', 'updated', 'unchanged'].includes(operation) &&
      !call.journal.some(
        (entry) => entry.consumer === consumer && (version === undefined || entry.version === version),
      ),
  );
}

/** Rows of one of the works that a call is about, of every epoch. */
export function rowsEver({ rows }: FleetHistory, { step }: FleetCall, consumer: string): readonly StoredRow[] {
  if (step.kind === 'watch') return [];
  return rows.filter((row) => row.source === step.source && row.work === step.work && row.consumer === consumer);
}

/** The same, but for those of before or after a loss of data that the call never saw. */
export function rowsAbout(history: FleetHistory, call: FleetCall, consumer: string): readonly StoredRow[] {
  return rowsEver({ ...history, rows: rowsInReach(history, call) }, call, consumer);
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
