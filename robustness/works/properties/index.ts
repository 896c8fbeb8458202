import type { History } from '../history/history.ts';
import { violationsOf } from '../../properties/property.ts';
import type { Violation } from '../../search/family.ts';
import { nothingWithoutOwner, rerunsConverge } from './converges.ts';
import { executorStays } from './executor-stays.ts';
import { endsInTime } from './ends-in-time.ts';
import { failuresAreTrue } from './failures-are-true.ts';
import { linesAreWhole } from './lines-are-whole.ts';
import { listIsWhole } from './list-is-whole.ts';
import { fullDiskIsTold } from './full-disk-is-told.ts';
import { nothingOfOthers } from './nothing-of-others.ts';
import { oneStory } from './one-story.ts';
import { outagesAreWaitedOut } from './outages-are-waited-out.ts';
import { outputIsWhole } from './output-is-whole.ts';
import type { Property } from './property.ts';
import { proofEndsAWait } from './proof-ends-a-wait.ts';
import { refusalChangesNothing } from './refusal-changes-nothing.ts';
import { rotationIsFollowed } from './rotation-is-followed.ts';
import { successIsStored } from './success-is-stored.ts';
import { waitIsProven } from './wait-is-proven.ts';
import { writesOnce } from './writes-once.ts';

export const properties: readonly Property[] = [
  oneStory,
  successIsStored,
  waitIsProven,
  proofEndsAWait,
  listIsWhole,
  refusalChangesNothing,
  failuresAreTrue,
  nothingOfOthers,
  executorStays,
  writesOnce,
  outagesAreWaitedOut,
  rerunsConverge,
  nothingWithoutOwner,
  endsInTime,
  fullDiskIsTold,
  outputIsWhole,
  rotationIsFollowed,
  linesAreWhole,
];

export function violations(history: History): readonly Violation[] {
  return violationsOf(properties, history);
}
