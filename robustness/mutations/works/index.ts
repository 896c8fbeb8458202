import type { Mutation } from '../mutation.ts';
import { owners } from './owners.ts';
import { results } from './results.ts';
import { waits } from './waits.ts';
import { writes } from './writes.ts';

/** Faults that show in single works which several clients write, wait for, read and delete. */
export const works: readonly Mutation[] = [...results, ...waits, ...writes, ...owners];
