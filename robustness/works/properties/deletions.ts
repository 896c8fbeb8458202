import { goes, mayHaveMade, tookOfOthers, worksIn } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { Call, History, StoredManifest, StoredRow } from '../history/history.ts';
import { allCalls } from './property.ts';

/**
 * Works that went although no call asked for that, or although they held what others own than the deleter, all the time
 * since he began, and nobody was told to delete that. Maestro deletes whatever version it is asked for, so what came
 * after a look is lost with it.
 */
export function deletionFaults(history: History): readonly Fault[] {
  return worksIn(history.rows).flatMap((rows) =>
    rows.flatMap((row, index) => {
      if (!goes(row, rows[index - 1])) return [];
      const askers = askersOf(row, history);
      const where = `${row.work} on ${row.consumer}`;
      if (askers.length === 0) return [{ what: `${where} was deleted, and no call asked for that`, calls: [] }];
      const took = askers.map((call) => tookOfOthers(call, call.step, rows.slice(0, index)));
      if (took.some((name) => name === undefined)) return [];
      const what = `${where} was deleted with ${took.join(', ')} of others, and nobody was told to`;
      return [{ what, calls: askers.map(({ name }) => name) }];
    }),
  );
}

/** Calls that may have asked for the deletion by which a work began to go. */
export function askersOf(row: StoredRow, history: History): readonly Call[] {
  return allCalls(history).filter((call) => call.step.kind === 'delete' && isAbout(call, row));
}

/** Calls that may have asked to take this out of the work, for a version that no longer has it. */
export function reducersOf(row: StoredRow, { name, manager }: StoredManifest, history: History): readonly Call[] {
  return allCalls(history).filter(
    (call) =>
      call.step.kind === 'delete-resource' &&
      call.step.object === name &&
      call.step.manager === manager &&
      isAbout(call, row),
  );
}

function isAbout(call: Call, row: StoredRow): boolean {
  const { step } = call;
  if (!('target' in step) || !mayHaveMade(call, row)) return false;
  return step.target.consumer === row.consumer && step.target.work === row.work;
}
