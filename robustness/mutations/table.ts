import { fleets } from './fleets.ts';
import { gitops } from './gitops.ts';
import { migrate } from './migrate.ts';
import type { Mutation } from './mutation.ts';
import { works } from './works/index.ts';

/**
 * Faults that tools of this kind had, ours among them, or nearly had. Each text stands exactly once in its file: a
 * mutation that no longer fits fails, so that the table cannot rot.
 */
export const mutations: readonly Mutation[] = [...works, ...fleets, ...migrate, ...gitops];
