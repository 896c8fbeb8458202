import type { GitopsHistory, HubState, StoredWork } from '../history.ts';
import { byUid, found, rowKey, type GitopsProperty } from './property.ts';

/** Applications that go within this time go at once. */
const atOnceMs = 500;
/** How much longer the hub may not answer for some of them, which then count for the others no more. */
const slipping = 2;

export const brakeHolds: GitopsProperty = {
  name: 'brake-holds',
  says: 'of Applications that are let go at once, more than the brake lets through, the works stay until somebody passes over the brake, but for one that slips through while the hub does not answer for the others',
  check: (history) => {
    const { braking } = history;
    if (braking === undefined) return [];
    const ends = orphans(history).filter(({ goneMs }) => goneMs < braking.letMs);
    return ends.flatMap(({ goneMs }, index) => {
      const group = ends.slice(index).filter((one) => one.goneMs - goneMs <= atOnceMs);
      const deleted = group.filter(({ deletedMs }) => deletedMs !== undefined && deletedMs < braking.letMs);
      return deleted.length > slipping * braking.limit
        ? [
            found(
              `${String(deleted.length)} works without an Application are deleted, and the brake is ${String(braking.limit)}`,
              ...deleted.map(({ key }) => key),
            ),
          ]
        : [];
    });
  },
};

interface Orphan {
  readonly key: string;
  /** When its Application went from the hub. */
  readonly goneMs: number;
  /** When its work began to be deleted, if it did. */
  readonly deletedMs?: number;
}

/** Works whose Application was let go while nobody had deleted them, in the order in which those went. */
function orphans(history: GitopsHistory): readonly Orphan[] {
  const works = Map.groupBy(history.stored, (row) => rowKey(row));
  return [...byUid(history).values()]
    .flatMap((states) => states.filter(({ gone }) => gone))
    .filter((app) => !isMadeAnew(app, history.hub))
    .flatMap((app) => [...works.values()].flatMap((rows) => orphanOf(app, rows)))
    .sort((one, other) => one.goneMs - other.goneMs);
}

/** Its work is that of the next one then. */
function isMadeAnew({ key, uid, atMs }: HubState, hub: readonly HubState[]): boolean {
  return hub.some((state) => state.key === key && state.uid !== uid && state.atMs > atMs);
}

function orphanOf({ key, uid, atMs }: HubState, rows: readonly StoredWork[]): readonly Orphan[] {
  const before = rows.findLast((row) => row.atMs <= atMs);
  if (before === undefined || before.key !== key || before.uid !== uid || before.deleting || before.removed) return [];
  const deletedMs = rows.find((row) => row.atMs > atMs && (row.deleting || row.removed))?.atMs;
  return [{ key, goneMs: atMs, ...(deletedMs === undefined ? {} : { deletedMs }) }];
}
