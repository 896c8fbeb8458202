import type { Mutation } from './mutation.ts';

/** Faults that show in the two controllers. */
export const gitops: readonly Mutation[] = [];
