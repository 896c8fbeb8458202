import type { Violation } from '../../search/family.ts';
import type { GitopsHistory } from '../history.ts';
import { allArrives } from './all-arrives.ts';
import { brakeHolds } from './brake-holds.ts';
import { comesToRest } from './comes-to-rest.ts';
import { goneMeansGone } from './gone-means-gone.ts';
import { hubIsTheirs } from './hub-is-theirs.ts';
import { leaderAloneWrites } from './leader-alone-writes.ts';
import { oneVersionPerChange } from './one-version-per-change.ts';
import { operationsOnce } from './operations-once.ts';
import type { GitopsProperty } from './property.ts';
import { statusIsOfNow } from './status-is-of-now.ts';
import { wantedStays } from './wanted-stays.ts';

export const properties: readonly GitopsProperty[] = [
  oneVersionPerChange,
  operationsOnce,
  statusIsOfNow,
  wantedStays,
  goneMeansGone,
  brakeHolds,
  leaderAloneWrites,
  hubIsTheirs,
  allArrives,
  comesToRest,
];

export function violations(history: GitopsHistory): readonly Violation[] {
  return properties.flatMap((property) => property.check(history).map((one) => ({ property: property.name, ...one })));
}
