import type { ApplicationSummary } from '../../../gitops/status/application-summary.ts';

/** By what applications are put together. */
export type GroupKind = 'set' | 'cluster' | 'blocked';

/** One group of them. */
export interface GroupChoice {
  readonly kind: GroupKind;
  readonly name: string;
}

/** How many applications say what; texts as Argo CD writes them, "" where nothing is said. */
export interface ApplicationCounts {
  readonly applications: number;
  readonly sync: Readonly<Record<string, number>>;
  readonly health: Readonly<Record<string, number>>;
  /** So many does something stand in the way of. */
  readonly blocked: number;
}

/** Applications that have something in common. */
export interface ApplicationGroup extends ApplicationCounts {
  /** What they have in common; "" for those that have no such thing. */
  readonly name: string;
}

/** All groups, by name. */
export function groupsOf(rows: readonly ApplicationSummary[], kind: GroupKind): readonly ApplicationGroup[] {
  const groups = new Map<string, ApplicationSummary[]>();
  for (const row of rows) {
    const name = row[kind];
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups]
    .map(([name, members]) => ({ name, ...countsOf(members) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function countsOf(rows: readonly ApplicationSummary[]): ApplicationCounts {
  const sync: Record<string, number> = {};
  const health: Record<string, number> = {};
  let blocked = 0;
  for (const row of rows) {
    sync[row.sync] = (sync[row.sync] ?? 0) + 1;
    health[row.health] = (health[row.health] ?? 0) + 1;
    if (row.blocked !== '') blocked += 1;
  }
  return { applications: rows.length, sync, health, blocked };
}
