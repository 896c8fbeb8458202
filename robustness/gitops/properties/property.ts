import type { Violation } from '../../search/family.ts';
import type { GitopsHistory, HubState, StoredWork } from '../history.ts';

/** Something that holds whatever happens to the controllers. */
export interface GitopsProperty {
  readonly name: string;
  /** One sentence, for the table in the README. */
  readonly says: string;
  check(history: GitopsHistory): readonly Omit<Violation, 'property'>[];
}

/** How late the watches of the suite may tell of what was stored, while other processes take the processors. */
export const watchLagMs = 1_000;

/** What each Application of the hub was, in turn: by its uid, so that one that was made anew is another. */
export function byUid({ hub }: GitopsHistory): ReadonlyMap<string, readonly HubState[]> {
  return Map.groupBy(hub, ({ uid }) => uid);
}

/** Which work a row is of: one that is made anew after Maestro lost its data is another. */
export function rowKey({ epoch, id }: StoredWork): string {
  return `${String(epoch)} ${id}`;
}

/** Works that Maestro lost with its data, each as it was last stored. */
export function forgotten({ stored, lostMs }: GitopsHistory): readonly StoredWork[] {
  return lostMs.flatMap((_, epoch) => lastRows(stored.filter((row) => row.epoch === epoch)));
}

/** Works that stand at the end of these rows, each as it is then. */
export function lastRows(rows: readonly StoredWork[]): readonly StoredWork[] {
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((all) =>
    all.slice(-1).filter(({ removed }) => !removed),
  );
}

/** The state in force at that moment; undefined before the first. */
export function stateAt<T extends { readonly atMs: number }>(states: readonly T[], atMs: number): T | undefined {
  return states.findLast((state) => state.atMs <= atMs);
}

export function found(what: string, ...calls: readonly string[]): Omit<Violation, 'property'> {
  return { what, calls };
}
