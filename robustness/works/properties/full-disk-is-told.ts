import { metFullDisk, saysNoResult } from '../../properties/told.ts';
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
  const { exitCode, result, stderr, temporary, step } = call;
  if (exitCode === undefined) return [];
  const left = temporary.map((name) => `it left ${name} behind`);
  const missing = hasResult(step) && (result === undefined || result === resultOfEarlierRun);
  if (!metFullDisk(call) || !missing) return left;
  if (exitCode === 0) return [...left, 'it ended with 0, and its result found no room'];
  return saysNoResult(call) ? left : [...left, `its result found no room, and it said only: ${stderr.slice(0, 300)}`];
}
