import type { StoredRow } from '../works/history/history.ts';

/** Clocks of one machine, read in two processes; the database writes whole milliseconds. */
export const clockMs = 5;

/** A write that was sent may reach the server when its call has ended. */
export const underWayMs = 2_000;

/** A call, as far as its moments go. Times are of the wall clock of this machine. */
export interface Lasting {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** What a server stored, and when it lost all of it. */
export interface Stored {
  readonly rows: readonly StoredRow[];
  readonly lostDataAtMs: readonly number[];
}

/** Data was lost while the call ran, or nearly: what it wrote before may be gone. */
export function crossesLoss({ lostDataAtMs }: Pick<Stored, 'lostDataAtMs'>, { startedMs, endedMs }: Lasting): boolean {
  return lostDataAtMs.some((atMs) => atMs >= startedMs - underWayMs && atMs <= endedMs + underWayMs);
}

/** The rows that there may have been for a call: none that were lost before it, or stored after a later loss. */
export function rowsInReach({ rows, lostDataAtMs }: Stored, { startedMs, endedMs }: Lasting): readonly StoredRow[] {
  const first = lostDataAtMs.filter((atMs) => atMs < startedMs).length;
  const last = lostDataAtMs.filter((atMs) => atMs <= endedMs + underWayMs).length;
  return rows.filter(({ epoch }) => epoch >= first && epoch <= last);
}

/** Whether a call that began by then may have made this: what it sent last may arrive after it. */
export function mayHaveMade({ startedMs, endedMs }: Lasting, { atMs }: Pick<StoredRow, 'atMs'>): boolean {
  return atMs >= startedMs - clockMs && atMs <= endedMs + underWayMs;
}

/** How a work stood when the call began, undefined when it did not, and what became of it until the call ended. */
export function standingDuring(
  { startedMs, endedMs }: Lasting,
  rows: readonly StoredRow[],
): readonly (StoredRow | undefined)[] {
  const before = rows.filter(({ atMs }) => atMs < startedMs - clockMs).length;
  const met = rows.slice(before).filter(({ atMs }) => atMs <= endedMs + clockMs);
  return [rows[before - 1], ...met];
}

/** At that moment there was no such work. */
export function isAbsent(row: StoredRow | undefined): boolean {
  return row === undefined || row.removed;
}

/** The agent has reported the condition at the stored version. */
export function proves({ version, report, removed }: StoredRow, type = 'Applied'): boolean {
  if (report === undefined || removed || report.version !== version) return false;
  return report.conditions.some(
    (one) => one.type === type && one.status === 'True' && one.observedGeneration === version,
  );
}

/** Works of each source and cluster, from one loss of data to the next: their rows in the order of storing. */
export function worksIn(rows: readonly StoredRow[]): readonly (readonly StoredRow[])[] {
  return [...Map.groupBy(rows, ({ epoch, id }) => `${String(epoch)} ${id}`).values()];
}

/** The row by which its work begins to go; the one before it is of the same work. */
export function goes(row: StoredRow, before: StoredRow | undefined): boolean {
  return (row.deleting || row.removed) && before?.deleting !== true && before?.removed !== true;
}

/**
 * What somebody else had in a work whenever a deletion that is not forced may have looked; undefined when it may have
 * seen nothing.
 *
 * @param before the rows of the work until it went
 */
export function tookOfOthers(
  { startedMs }: Lasting,
  step: { readonly kind: string; readonly force?: boolean; readonly manager?: string },
  before: readonly StoredRow[],
): string | undefined {
  if (step.kind !== 'delete' || step.force === true) return undefined;
  const first = before.findLastIndex(({ atMs }) => atMs < startedMs - clockMs);
  if (first === -1) return undefined;
  const [other, ...more] = before
    .slice(first)
    .map((row) => (row.removed ? undefined : row.manifests.find(({ manager }) => manager !== step.manager)?.name));
  return more.includes(undefined) ? undefined : other;
}
