import type { GitopsHistory, HubState, Mark } from '../history.ts';
import { byUid, found, stateAt, watchLagMs, type GitopsProperty } from './property.ts';

/** A write that is on its way when the next version is stored, and the suite that takes its time to see it. */
const onItsWayMs = 1_500;

export const statusIsOfNow: GitopsProperty = {
  name: 'status-is-of-now',
  says: 'each status on the hub is one that the agent of its own cluster reported, of the work of this very Application, at the version that was stored when it was written; and it never goes back to an earlier version',
  check: (history) =>
    [...byUid(history).values()].flatMap((states) =>
      states.flatMap((state, index) => {
        const { mark } = state;
        const { mark: before, shown } = states[index - 1] ?? {};
        // Of one version there are many reports.
        if (mark === undefined || (JSON.stringify(mark) === JSON.stringify(before) && shown === state.shown)) return [];
        const fault = faultOf(mark, before, state, history);
        return fault === undefined ? [] : [found(`${fault}: ${JSON.stringify(mark)}`, state.key)];
      }),
    ),
};

function faultOf(mark: Mark, before: Mark | undefined, state: HubState, history: GitopsHistory): string | undefined {
  const rows = history.stored.filter(({ id }) => id === mark.work);
  const reported = rows.find(
    ({ epoch, reported: version, atMs }) =>
      epoch === mark.epoch && version === mark.version && atMs <= state.atMs + watchLagMs,
  );
  if (reported === undefined) return 'the hub shows a status that was never reported';
  if (rows.every(({ uid }) => uid !== state.uid)) return 'the hub shows the status of another application';
  if (rows.some(({ consumer }) => consumer !== mark.consumer)) return 'the hub shows what another cluster reported';
  if (before?.work === mark.work && isEarlier(mark, before)) return 'the hub shows a status from before';
  const current = stateAt(rows, writtenMs(state, history) - onItsWayMs);
  return current !== undefined && isEarlier(mark, current)
    ? `the hub shows a status of a version that was replaced by version ${String(current.version)}`
    : undefined;
}

type Place = Pick<Mark, 'epoch' | 'version'>;

function isEarlier(one: Place, other: Place): boolean {
  return one.epoch === other.epoch ? one.version < other.version : one.epoch < other.epoch;
}

/** When the write came in at the hub, which may have taken its time. */
function writtenMs({ key, atMs }: HubState, { writes }: GitopsHistory): number {
  return writes.findLast((write) => write.key === key && write.atMs <= atMs + 20)?.atMs ?? atMs;
}
