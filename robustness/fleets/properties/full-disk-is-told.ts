import { leftFiles, metFullDisk, roomFaults, saysNoJournal, saysNoResult } from '../../properties/told.ts';
import type { FleetCall } from '../history/history.ts';
import { isOfCommand } from '../program/steps.ts';
import { allCalls, notInJournal, type FleetProperty } from './property.ts';

export const fleetFullDiskIsTold: FleetProperty = {
  name: 'fleet-full-disk-is-told',
  says: 'a call whose result file or journal found no room does not end with 0, and says so on standard error; a call that ended by itself leaves no half of a file, and a journal that ends with a whole line',
  check: (history) => allCalls(history).flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: FleetCall): readonly string[] {
  const { exitCode, result, isJournalCut = false } = call;
  if (exitCode === undefined || !isOfCommand(call)) return [];
  const left = [...leftFiles(call), ...(isJournalCut ? ['it left half a line in its journal'] : [])];
  if (!metFullDisk(call)) return left;
  return [
    ...left,
    ...(result === undefined ? roomFaults(call, 'result', saysNoResult(call)) : []),
    ...(notInJournal(call).length > 0 ? roomFaults(call, 'journal', saysNoJournal(call)) : []),
  ];
}
