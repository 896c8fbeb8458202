import { leftFiles, metFullDisk, roomFaults, saysNoResult } from '../../properties/told.ts';
import type { Call } from '../history/history.ts';
import { resultOfEarlierRun } from '../program/command-line.ts';
import { hasResult, type Property } from './property.ts';

export const fullDiskIsTold: Property = {
  name: 'full-disk-is-told',
  says: 'a call whose result file found no room does not end with 0, and says so on standard error; no half of a file is left by any call that ended by itself',
  check: ({ calls, reruns }) =>
    [...calls, ...reruns].flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: Call): readonly string[] {
  const { exitCode, result, step } = call;
  if (exitCode === undefined) return [];
  const left = leftFiles(call);
  const missing = hasResult(step) && (result === undefined || result === resultOfEarlierRun);
  return metFullDisk(call) && missing ? [...left, ...roomFaults(call, 'result', saysNoResult(call))] : left;
}
