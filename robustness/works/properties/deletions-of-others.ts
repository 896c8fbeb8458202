import type { Call, History, StoredRow } from '../history/history.ts';
import { clockMs } from './property.ts';

/** A write that was sent may reach the server when its command has ended. */
const underWayMs = 2_000;

/**
 * Works that were deleted although they held what others than the deleter own, all the time since he began, and nobody
 * was told to delete that. Maestro deletes whatever version it is asked for, so what came after a look is lost with it.
 */
export function deletionFaults({ rows, calls }: History): readonly { what: string; calls: string[] }[] {
  const lives = Map.groupBy(rows, ({ epoch, id }) => `${String(epoch)} ${id}`);
  return [...lives.values()].flatMap((life) =>
    life.flatMap((row, index) => {
      if (!row.deleting || life[index - 1]?.deleting === true || row.removed) return [];
      const askers = calls.filter((call) => mayHaveAsked(call, row));
      const took = askers.map((call) => tookOfOthers(call, life.slice(0, index)));
      if (took.length === 0 || took.some((name) => name === undefined)) return [];
      const what = `${row.work} on ${row.consumer} was deleted with ${took.join(', ')} of others, and nobody was told to`;
      return [{ what, calls: askers.map(({ name }) => name) }];
    }),
  );
}

function mayHaveAsked({ step, startedMs, endedMs }: Call, { consumer, work, atMs }: StoredRow): boolean {
  return (
    step.kind === 'delete' &&
    step.target.consumer === consumer &&
    step.target.work === work &&
    atMs >= startedMs &&
    atMs <= endedMs + underWayMs
  );
}

/** What somebody else had in the work whenever the call may have looked; undefined when it may have seen nothing. */
function tookOfOthers({ step, startedMs }: Call, before: readonly StoredRow[]): string | undefined {
  if (step.kind !== 'delete' || step.force) return undefined;
  const first = before.findLastIndex(({ atMs }) => atMs < startedMs - clockMs);
  if (first === -1) return undefined;
  const [other, ...more] = before
    .slice(first)
    .map((row) => (row.removed ? undefined : row.manifests.find(({ manager }) => manager !== step.manager)?.name));
  return more.includes(undefined) ? undefined : other;
}
