import { found, stateAt, type GitopsProperty } from './property.ts';

/** The watch that tells who leads, and the record of requests, are not of one moment. */
const atOnceMs = 300;

export const leaderAloneWrites: GitopsProperty = {
  name: 'leader-alone-writes',
  says: 'a replica that does not hold the Lease changes no Application of the hub',
  check: ({ writes, lease }) =>
    writes.flatMap(({ atMs, replica, key }) => {
      const leads =
        stateAt(lease, atMs - atOnceMs)?.replica === replica ||
        lease.some((state) => Math.abs(state.atMs - atMs) <= atOnceMs && state.replica === replica);
      return leads ? [] : [found(`${replica} writes without the Lease`, key)];
    }),
};
