import type { Mutation } from './mutation.ts';

/** Faults that show in migrations. */
export const migrate: readonly Mutation[] = [];
