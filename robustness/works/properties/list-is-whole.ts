import { clockMs, rowsInReach } from '../../properties/moments.ts';
import { jsonIn } from '../../properties/told.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import { faultsOfSuccesses, type Property } from './property.ts';

/** A document of a list, as far as it is looked at here. */
interface Listed {
  readonly metadata?: { readonly uid?: string; readonly name?: string; readonly resourceVersion?: string };
}

export const listIsWhole: Property = {
  name: 'list-is-whole',
  says: 'a list that ends with 0 has each work that stood all through it, and none but at a version that stood at some moment of it',
  check: (history) => faultsOfSuccesses(history, faults),
};

function faults(call: Call, history: History): readonly string[] {
  const { step, stdout } = call;
  if (step.kind !== 'list') return [];
  // What is no whole JSON is told by `one-story`.
  const listed = (jsonIn(stdout) ?? []) as readonly Listed[];
  const lives = Map.groupBy(
    rowsInReach(history, call).filter(({ consumer }) => consumer === step.consumer),
    ({ id }) => id,
  );
  const missing = [...lives].flatMap(([id, life]) => {
    const during = duringOf(call, life);
    const [first] = during;
    const stood =
      first !== undefined && first.atMs < call.startedMs - clockMs && during.every(({ removed }) => !removed);
    return stood && !listed.some(({ metadata }) => metadata?.uid === id)
      ? [`${first.work} stood all the time and is not listed`]
      : [];
  });
  const wrong = listed.flatMap(({ metadata: { uid = '', name = '', resourceVersion = '' } = {} }) =>
    duringOf(call, lives.get(uid) ?? []).some(({ version, removed }) => String(version) === resourceVersion && !removed)
      ? []
      : [`it lists ${name} at version ${resourceVersion}, which did not stand then`],
  );
  return [...missing, ...wrong];
}

/** How the work stood when the call began, if it did, and what became of it until the end of the call. */
function duringOf({ startedMs, endedMs }: Call, life: readonly StoredRow[]): readonly StoredRow[] {
  const first = life.findLastIndex(({ atMs }) => atMs < startedMs - clockMs);
  return life.slice(Math.max(0, first)).filter(({ atMs }) => atMs <= endedMs + clockMs);
}
