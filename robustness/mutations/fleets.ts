import type { Mutation } from './mutation.ts';

/** Faults that show in writes over several clusters, sources and the library. */
export const fleets: readonly Mutation[] = [];
