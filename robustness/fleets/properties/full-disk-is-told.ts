import { metFullDisk, saysNoResult } from '../../properties/told.ts';
import type { FleetCall } from '../history/history.ts';
import { allCalls, isOfCommand, notInJournal, type FleetProperty } from './property.ts';

export const fleetFullDiskIsTold: FleetProperty = {
  name: 'fleet-full-disk-is-told',
  says: 'a call whose result file or journal found no room does not end with 0, and says so on standard error; a call that ended by itself leaves no half of a file, and a journal that ends with a whole line',
  check: (history) => allCalls(history).flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: FleetCall): readonly string[] {
  const { exitCode, result, stderr, temporary, isJournalCut = false } = call;
  if (exitCode === undefined || !isOfCommand(call)) return [];
  const found = [
    ...temporary.map((name) => `it left ${name} behind`),
    ...(isJournalCut ? ['it left half a line in its journal'] : []),
  ];
  if (!metFullDisk(call)) return found;
  const say = (what: string, isSaid: boolean): void => {
    if (exitCode === 0) found.push(`it ended with 0, and its ${what} found no room`);
    else if (!isSaid) found.push(`its ${what} found no room, and it said only: ${stderr.slice(0, 300)}`);
  };
  if (result === undefined) say('result', saysNoResult(call));
  if (notInJournal(call).length > 0) say('journal', /the journal \S+ cannot be written any more/.test(stderr));
  return found;
}
