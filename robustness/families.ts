import type { Family } from './search/family.ts';
import { fleets } from './fleets/index.ts';
import { gitops } from './gitops/index.ts';
import { migrate } from './migrate/index.ts';
import { works } from './works/index.ts';

/** All families; what a program is, only its own family knows, which runs the programs that it made. */
export const families: readonly Family<unknown>[] = [works, fleets, gitops, migrate];
