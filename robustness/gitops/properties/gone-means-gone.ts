import type { GitopsHistory, HubState, SpokeState, StoredWork } from '../history.ts';
import { byUid, forgotten, found, stateAt, watchLagMs, type GitopsProperty } from './property.ts';

export const goneMeansGone: GitopsProperty = {
  name: 'gone-means-gone',
  says: 'an Application that was held by its finalizer leaves the hub only when its copies have left every cluster that it named; where Maestro lost the work nobody can tell, and that is logged',
  check: (history) =>
    [...byUid(history).values()].flatMap((states) => {
      const end = states.findIndex(({ gone }) => gone);
      const gone = states[end];
      const held = states.slice(0, end).findLast(({ deleting }) => deleting)?.holds === true;
      // Without the finalizer nobody waits, and one that was let go by somebody has it no more.
      const letGo = states.slice(0, end).some(({ holds, deleting }) => !holds && !deleting);
      if (gone === undefined || !held || letGo) return [];
      return [...new Set(states.map(({ cluster }) => cluster))]
        .filter((cluster) => stood(cluster, gone, history) && !isTold(cluster, gone, history))
        .map((cluster) => found(`it left the hub while it was still on ${cluster}`, gone.key));
    }),
};

/**
 * Whether its copy was on the cluster when the suite saw it leave the hub. A cluster tells the suite at once, and the
 * hub may tell it late: so what the suite saw in this order happened in this order.
 */
function stood(cluster: string, gone: HubState, history: GitopsHistory): boolean {
  const copies = history.spokes.filter((copy) => copy.cluster === cluster && copy.key === gone.key);
  const copy = stateAt(copies, gone.atMs);
  return copy !== undefined && !copy.gone && !isOfNext(copy, copies, gone, history);
}

/** An Application that is made anew at once may be on its cluster before the hub tells that the one before is gone. */
function isOfNext(copy: SpokeState, copies: readonly SpokeState[], gone: HubState, { hub }: GitopsHistory): boolean {
  const before = copies.slice(0, copies.indexOf(copy)).findLastIndex((one) => one.gone);
  const madeMs = copies[before + 1]?.atMs ?? 0;
  const next = hub.find(({ key, uid, atMs }) => key === gone.key && uid !== gone.uid && atMs >= gone.atMs);
  return madeMs >= gone.atMs - watchLagMs && next !== undefined && next.atMs <= gone.atMs + watchLagMs;
}

/** Maestro lost its work, which did not come back; of a cluster that it had left by then nobody knows any more. */
function isTold(cluster: string, gone: HubState, history: GitopsHistory): boolean {
  const isIts = ({ uid, consumer }: StoredWork): boolean => uid === gone.uid && consumer === cluster;
  const lost = forgotten(history).findLast((row) => isIts(row));
  const cameBack = history.stored.some((row) => isIts(row) && row.epoch > (lost?.epoch ?? 0));
  return lost !== undefined && !cameBack && (cluster !== gone.cluster || history.unconfirmed.includes(gone.key));
}
