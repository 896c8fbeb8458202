import { byUid, found, stateAt, watchLagMs, type GitopsProperty } from './property.ts';

export const wantedStays: GitopsProperty = {
  name: 'wanted-stays',
  says: 'no work is deleted of an Application that stands on the hub, is not being deleted, and names the cluster of the work',
  check: (history) => {
    const apps = byUid(history);
    /** Works whose deletion was looked at; one that is written anew under the same id is looked at anew. */
    const going = new Set<string>();
    return history.stored.flatMap(({ id, uid, key, consumer, deleting, removed, atMs }) => {
      if (!deleting && !removed) going.delete(id);
      if ((!deleting && !removed) || going.has(id)) return [];
      going.add(id);
      const states = apps.get(uid) ?? [];
      // What the watch of the suite tells of a moment later was so already.
      const wanted = [stateAt(states, atMs), stateAt(states, atMs + watchLagMs)].every(
        (state) => state !== undefined && !state.gone && !state.deleting && state.cluster === consumer,
      );
      return wanted ? [found(`the work on ${consumer} is deleted, and the hub still wants it there`, key)] : [];
    });
  },
};
