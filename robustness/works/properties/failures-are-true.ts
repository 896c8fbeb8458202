import { isAbsent, standingDuring } from '../../properties/moments.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import { faultsOfCalls, rowsAbout, type Property } from './property.ts';

export const failuresAreTrue: Property = {
  name: 'failures-are-true',
  says: 'what a call gives as the cause of its failure was so at some moment of it: the work was absent or being deleted, held what others own, or was stored at the version that is named',
  check: (history) => faultsOfCalls(history, faults),
};

/** What an error says, and what then has to have been so of the rows of the work while the call ran. */
const causes: readonly {
  readonly text: RegExp;
  readonly holds: (rows: readonly (StoredRow | undefined)[], found: RegExpExecArray) => boolean;
}[] = [
  { text: /is being deleted since|was deleted while waiting/, holds: (rows) => rows.some((row) => row?.deleting) },
  { text: /there is no work named/, holds: (rows) => rows.some(isAbsent) },
  { text: /there is no consumer named/, holds: () => false },
  {
    text: /holds manifests of other managers than (\S+):/,
    holds: (rows, [, writer]) => rows.some((row) => row?.manifests.some(({ manager }) => manager !== writer) === true),
  },
  {
    text: /but version (\d+) is stored|^error: \S+ on \S+: version (\d+) replaced version/m,
    holds: (rows, [, stored, later]) => rows.some((row) => String(row?.version) === (stored ?? later)),
  },
];

function faults(call: Call, history: History): readonly string[] {
  const { step, exitCode, stderr } = call;
  if (exitCode === undefined || exitCode === 0 || !('target' in step)) return [];
  const rows = standingDuring(call, rowsAbout(history, call));
  return causes.flatMap(({ text, holds }) => {
    const found = text.exec(stderr);
    return found === null || holds(rows, found) ? [] : [`it says "${found[0]}", and that was never so`];
  });
}
