import type { Mutation } from './mutation.ts';

/** Faults that show in what agents, clocks, disks and credentials do. */
export const agents: readonly Mutation[] = [];
