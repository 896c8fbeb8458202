import type { Violation } from '../../search/family.ts';
import type { GitopsHistory, HubState } from '../history.ts';

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

/** The state in force at that moment; undefined before the first. */
export function stateAt<T extends { readonly atMs: number }>(states: readonly T[], atMs: number): T | undefined {
  return states.findLast((state) => state.atMs <= atMs);
}

export function found(what: string, ...calls: readonly string[]): Omit<Violation, 'property'> {
  return { what, calls };
}
