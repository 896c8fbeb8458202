import { violationsOf } from '../../properties/property.ts';
import type { Violation } from '../../search/family.ts';
import type { FleetHistory } from '../history/history.ts';
import { fleetFullDiskIsTold } from './full-disk-is-told.ts';
import { journalIsStored, writtenOnce } from './journal-is-stored.ts';
import { libraryErrors } from './library.ts';
import { nothingOfOtherSources } from './nothing-of-other-sources.ts';
import { fleetOneStory } from './one-story.ts';
import type { FleetProperty } from './property.ts';
import { resumeFinishes } from './resume-finishes.ts';
import { fleetRotationIsFollowed } from './rotation-is-followed.ts';
import { storedIsTold } from './stored-is-told.ts';
import { toldIsStored } from './told-is-stored.ts';
import { watchIsTrue } from './watch-is-true.ts';
import { wavesInOrder } from './waves-in-order.ts';

export const properties: readonly FleetProperty[] = [
  fleetOneStory,
  toldIsStored,
  storedIsTold,
  journalIsStored,
  writtenOnce,
  resumeFinishes,
  wavesInOrder,
  nothingOfOtherSources,
  libraryErrors,
  watchIsTrue,
  fleetFullDiskIsTold,
  fleetRotationIsFollowed,
];

export function violations(history: FleetHistory): readonly Violation[] {
  return violationsOf(properties, history);
}
