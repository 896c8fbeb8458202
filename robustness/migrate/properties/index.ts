import { violationsOf } from '../../properties/property.ts';
import type { Violation } from '../../search/family.ts';
import type { History } from '../history.ts';
import { deletesWhatLetGo, letsGoWhenProven } from './order.ts';
import { singleOwner, undoReturns } from './outcomes.ts';
import type { Property } from './property.ts';
import { reachesItsEnd } from './reaches-its-end.ts';
import { objectsStand } from './objects-stand.ts';
import { othersAreKept } from './others-are-kept.ts';
import { migrationEndsInTime, migrationTellsOneStory, stepsAreStored } from './story.ts';
import { successIsMoved } from './success-is-moved.ts';

export const properties: readonly Property[] = [
  objectsStand,
  letsGoWhenProven,
  deletesWhatLetGo,
  stepsAreStored,
  successIsMoved,
  migrationTellsOneStory,
  singleOwner,
  undoReturns,
  reachesItsEnd,
  othersAreKept,
  migrationEndsInTime,
];

export function violations(history: History): readonly Violation[] {
  return violationsOf(properties, history);
}
