import { clockMs, goes, mayHaveMade } from '../properties/moments.ts';
import type { ClusterObject, StoredRow } from '../works/history/history.ts';
import type { Ran } from '../world/command.ts';
import { startMark, targetOf, type Program, type Step } from './program.ts';

/** One run of the command, and what it was asked for. */
export interface Call extends Ran {
  /** Which is also in every object that the call asks to write. */
  readonly name: string;
  readonly step: Step;
}

/** An object that its last owner took along (`removed`) or left alone on the cluster. */
export interface Loss {
  readonly consumer: string;
  readonly object: string;
  readonly atMs: number;
  readonly lastOwner: string;
  readonly removed: boolean;
}

/** All that happened from the moment at which the plan was made. */
export interface History {
  readonly program: Pick<Program, 'start' | 'to' | 'strangers'>;
  /** Who writes the works of the plan. */
  readonly source: string;
  /** When all works of the start stood, and the plan was made. */
  readonly begunMs: number;
  readonly calls: readonly Call[];
  /** When nothing is wrong any more: the goals until the last is reached, and that one once more. */
  readonly reruns: readonly Call[];
  readonly rows: readonly StoredRow[];
  readonly losses: readonly Loss[];
  /** What stands in the end. */
  readonly objects: readonly ClusterObject[];
}

export const all = ({ calls, reruns }: History): readonly Call[] => [...calls, ...reruns];

export function isMigrating(call: Call): boolean {
  return call.step.kind === 'run' || call.step.kind === 'finish' || call.step.kind === 'rollback';
}

/** The rows of the works of the plan's source on a cluster, in their order. */
export function ourRows({ rows, source }: History): readonly StoredRow[] {
  return rows.filter((row) => row.source === source);
}

/** Pairs of a row and the one of the same work before it. */
export function changes(rows: readonly StoredRow[]): readonly (readonly [StoredRow | undefined, StoredRow])[] {
  const last = new Map<string, StoredRow>();
  return rows.map((row) => {
    const before = last.get(row.id);
    last.set(row.id, row);
    return [before, row];
  });
}

/** What is stored in the end: the last row of each work that was not taken away. */
export function standing(rows: readonly StoredRow[]): readonly StoredRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()].filter(({ removed }) => !removed);
}

/** The agent reported the version of this row, as applied. */
export function isReported({ version, report }: StoredRow): boolean {
  const applied = report?.conditions.filter(({ type }) => type === 'Applied') ?? [];
  return (
    report?.version === version &&
    applied.length > 0 &&
    applied.every(({ status, observedGeneration }) => status === 'True' && observedGeneration === version)
  );
}

/** The agent named this work as an owner of the object. */
export function isOwner({ id, report }: StoredRow, object: string): boolean {
  return report?.owners?.[object]?.includes(id) === true;
}

/** Whether somebody who is no part of the migration wrote what is in the row. */
export function isOfStranger({ manifests }: StoredRow): boolean {
  return manifests.some(({ call }) => call !== startMark);
}

/** Whether a work has this object, as that call wrote it when one is named. */
export function holds({ manifests, removed }: StoredRow, object: string, call?: string): boolean {
  return !removed && manifests.some((one) => one.name === object && (call === undefined || one.call === call));
}

/** By that moment a stranger's write had taken the object out of a work, or he had deleted a work that held it. */
export function takenByStranger(
  history: History,
  { consumer, object, atMs }: { readonly consumer: string; readonly object: string; readonly atMs: number },
): boolean {
  const rows = ourRows(history).filter((row) => row.consumer === consumer && row.atMs <= atMs + clockMs);
  return changes(rows).some(([before, row]) => {
    if (before === undefined || !holds(before, object)) return false;
    if (goes(row, before)) return deletedByStranger(history, row);
    return !row.removed && !holds(row, object) && broughtByStranger(before, row) !== undefined;
  });
}

/** The stranger's call whose objects this version brings. */
export function broughtByStranger(before: StoredRow, { manifests }: StoredRow): string | undefined {
  return manifests.find(
    ({ name, call }) => call !== startMark && !before.manifests.some((one) => one.name === name && one.call === call),
  )?.call;
}

/** A stranger who was asking for the deletion of the work at that moment. */
export function deletedByStranger(history: History, row: StoredRow): boolean {
  return history.calls.some(
    (call) =>
      call.step.kind === 'delete' &&
      call.step.consumer === row.consumer &&
      targetOf(history.program, call.step) === row.work &&
      mayHaveMade(call, row),
  );
}

/** Nobody but the migration wrote a work of the plan's source, or asked for its deletion. */
export function isUntouched(history: History): boolean {
  return (
    !ourRows(history).some((row) => isOfStranger(row)) && !history.calls.some(({ step }) => step.kind === 'delete')
  );
}
