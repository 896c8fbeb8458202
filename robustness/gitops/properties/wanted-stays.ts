import type { GitopsHistory, HubState } from '../history.ts';
import { byUid, found, stateAt, watchLagMs, type GitopsProperty } from './property.ts';

export const wantedStays: GitopsProperty = {
  name: 'wanted-stays',
  says: 'no work is deleted of an Application that stands on the hub, is not being deleted, and names the cluster of the work; and no copy leaves its cluster but by the deletion of its work, also when Maestro has lost it',
  check: (history) => [...deletedWorks(history), ...lostCopies(history)],
};

type Found = ReturnType<GitopsProperty['check']>;

function deletedWorks(history: GitopsHistory): Found {
  const apps = byUid(history);
  /** Works whose deletion was looked at; one that is written anew under the same id is looked at anew. */
  const going = new Set<string>();
  return history.stored.flatMap(({ id, uid, key, consumer, deleting, removed, atMs }) => {
    if (!deleting && !removed) going.delete(id);
    if ((!deleting && !removed) || going.has(id)) return [];
    going.add(id);
    return isWanted(apps.get(uid) ?? [], consumer, atMs)
      ? [found(`the work on ${consumer} is deleted, and the hub still wants it there`, key)]
      : [];
  });
}

/** What the watch of the suite tells of a moment later was so already. */
function isWanted(states: readonly HubState[], cluster: string, atMs: number): boolean {
  return [stateAt(states, atMs), stateAt(states, atMs + watchLagMs)].every(
    (state) => state !== undefined && !state.gone && !state.deleting && state.cluster === cluster,
  );
}

function lostCopies({ spokes, stored }: GitopsHistory): Found {
  const madeMs = new Map<string, number>();
  return spokes.flatMap(({ cluster, key, gone, deleting, atMs }) => {
    const place = `${cluster} ${key}`;
    const sinceMs = madeMs.get(place);
    if (!gone && !deleting) {
      if (sinceMs === undefined) madeMs.set(place, atMs);
      return [];
    }
    madeMs.delete(place);
    if (sinceMs === undefined) return [];
    const isAsked = stored.some(
      (row) =>
        row.consumer === cluster &&
        row.key === key &&
        (row.deleting || row.removed) &&
        row.atMs >= sinceMs - watchLagMs &&
        row.atMs <= atMs + watchLagMs,
    );
    return isAsked ? [] : [found(`it left ${cluster}, and nobody had deleted its work`, key)];
  });
}
