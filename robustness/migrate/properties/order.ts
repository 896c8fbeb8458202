import type { StoredRow } from '../../works/history/history.ts';
import { workName, type Program } from '../program.ts';
import {
  changes,
  deletedByStranger,
  isOfStranger,
  isOwner,
  isReported,
  ourRows,
  takenByStranger,
  type History,
} from '../history.ts';
import type { Property } from './property.ts';

export const letsGoWhenProven: Property = {
  name: 'lets-go-when-proven',
  says: 'a work is told to let go of an object only after the agent reported another stored work, at its version, as applied and as an owner of that object',
  check(history) {
    const rows = ourRows(history);
    return changes(rows).flatMap(([before, row]) => {
      if (before?.orphans !== undefined || row.orphans === undefined || before === undefined || row.removed) return [];
      return row.manifests
        .filter(({ name }) => !isLoose(history.program, name) && !isProven(rows, row, name))
        .filter(({ name: object }) => !takenByStranger(history, { ...row, object }))
        .map(({ name }) => ({
          what: `${row.work} on ${row.consumer} was told to let go of ${name} (version ${String(row.version)}), and no other work was known to own it`,
          calls: callsAt(history, row),
        }));
    });
  },
};

export const deletesWhatLetGo: Property = {
  name: 'deletes-what-let-go',
  says: 'a migration asks for the deletion of a work only after the agent reported that it has let go of its objects, at its version',
  check(history) {
    return changes(ourRows(history)).flatMap(([before, row]) => {
      if (!row.deleting || row.removed || before === undefined || before.deleting) return [];
      if (before.orphans !== undefined && isReported(before)) return [];
      // Maestro deletes a work at whatever version it is: users are told that what is written then is lost.
      if (isOfStranger(before) || deletedByStranger(history, row)) return [];
      const what = `the deletion of ${row.work} on ${row.consumer} was asked for, and it had not let go (version ${String(row.version)})`;
      return [{ what, calls: callsAt(history, row) }];
    });
  },
};

/** Another work was reported to own it, and neither was taken away nor told to let go since. */
function isProven(rows: readonly StoredRow[], letsGo: StoredRow, object: string): boolean {
  const owners = new Set<string>();
  for (const row of rows) {
    if (row === letsGo) break;
    if (row.consumer !== letsGo.consumer || row.id === letsGo.id) continue;
    if (row.removed || row.deleting || row.orphans !== undefined) owners.delete(row.id);
    else if (isReported(row) && isOwner(row, object)) owners.add(row.id);
  }
  return owners.size > 0;
}

/** Nobody owned it at the start, and nobody shall. */
function isLoose({ start }: Pick<Program, 'start'>, object: string): boolean {
  return start.some(({ orphans, objects }) => orphans && objects.includes(object));
}

function callsAt({ calls, reruns }: History, { atMs }: StoredRow): readonly string[] {
  return [...calls, ...reruns].filter((call) => call.startedMs <= atMs && atMs <= call.endedMs).map(({ name }) => name);
}

/** Names of the works of the start. */
export function startNames({ start }: Pick<Program, 'start'>): readonly string[] {
  return start.map((_, at) => workName(at));
}
