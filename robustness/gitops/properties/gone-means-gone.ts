import { byUid, found, stateAt, watchLagMs, type GitopsProperty } from './property.ts';

export const goneMeansGone: GitopsProperty = {
  name: 'gone-means-gone',
  says: 'an Application that was held by its finalizer leaves the hub only when its copy has left its cluster',
  check: (history) =>
    [...byUid(history).values()].flatMap((states) => {
      const end = states.findIndex(({ gone }) => gone);
      const gone = states[end];
      const held = states.slice(0, end).findLast(({ deleting }) => deleting)?.holds === true;
      // Without the finalizer nobody waits, and one that was let go by somebody has it no more.
      const letGo = states.slice(0, end).some(({ holds, deleting }) => !holds && !deleting);
      if (gone === undefined || !held || letGo) return [];
      const copies = history.spokes.filter(({ cluster, key }) => cluster === gone.cluster && key === gone.key);
      const left = [stateAt(copies, gone.atMs), stateAt(copies, gone.atMs + watchLagMs)].every(
        (copy) => copy !== undefined && !copy.gone,
      );
      return left ? [found(`it left the hub while it was still on ${gone.cluster}`, gone.key)] : [];
    }),
};
