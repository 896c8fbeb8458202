import type { GitopsHistory, SpokeState, StoredWork } from '../history.ts';
import { byUid, found, rowKey, watchLagMs, type GitopsProperty } from './property.ts';

export const operationsOnce: GitopsProperty = {
  name: 'operations-once',
  says: 'an operation is in versions of one work that follow each other without a gap, begins on the cluster at most once for each of them, and leaves the Application of the hub only when it has begun there',
  check: (history) => [...gaps(history.stored), ...repetitions(history), ...untrue(history)],
};

type Found = ReturnType<GitopsProperty['check']>;

/** Works by their id and what they carry, in turn; each version once, however often it was reported. */
function versionsOf(stored: readonly StoredWork[]): ReadonlyMap<string, readonly StoredWork[]> {
  return new Map(
    [...Map.groupBy(stored, (row) => rowKey(row))].map(([id, rows]) => [
      id,
      rows.filter(({ version, removed, deleting }, index) => {
        const before = rows[index - 1];
        const isNew = before === undefined || before.removed || before.version !== version;
        return isNew && !removed && !deleting;
      }),
    ]),
  );
}

function gaps(stored: readonly StoredWork[]): Found {
  return [...versionsOf(stored).values()].flatMap((rows) => {
    const ended = new Set<string>();
    return rows.flatMap(({ asked, version, key }, index) => {
      const before = rows[index - 1]?.asked;
      if (before !== undefined && before !== asked) ended.add(before);
      return asked !== undefined && ended.has(asked)
        ? [found(`version ${String(version)} brings the operation ${asked} once more`, key, asked)]
        : [];
    });
  });
}

/** When an operation began on a cluster; the next begin is told from the first by what was between them. */
function begins(spokes: readonly SpokeState[]): readonly (SpokeState & { readonly operation: string })[] {
  const before = new Map<string, SpokeState>();
  return spokes.filter((state): state is SpokeState & { readonly operation: string } => {
    const place = `${state.cluster} ${state.key}`;
    const known = before.get(place);
    before.set(place, state);
    const goesOn = known?.operation === state.operation && (known?.running === true || !state.running);
    return state.operation !== undefined && !state.gone && !goesOn;
  });
}

function repetitions({ stored, spokes }: GitopsHistory): Found {
  const versions = [...versionsOf(stored).values()].flat();
  const groups = Map.groupBy(begins(spokes), ({ cluster, key, operation }) => `${cluster} ${key} ${operation}`);
  return [...groups.values()].flatMap((begun) => {
    const [first] = begun;
    if (first === undefined) return [];
    const carriers = versions.filter(
      ({ asked, key, consumer }) => asked === first.operation && key === first.key && consumer === first.cluster,
    ).length;
    return begun.length > carriers
      ? [
          found(
            `the operation ${first.operation} began ${String(begun.length)} times on ${first.cluster}, of ${String(carriers)} versions with it`,
            first.key,
            first.operation,
          ),
        ]
      : [];
  });
}

/** Who takes it off is the controllers: nobody of a program does, but puts another in its place. */
function untrue(history: GitopsHistory): Found {
  const begun = begins(history.spokes);
  return [...byUid(history).values()].flatMap((states) =>
    states.flatMap((state, index) => {
      const { asked } = states[index - 1] ?? {};
      const tookOff = asked !== undefined && state.asked === undefined && !state.gone;
      const isTrue = begun.some(
        ({ operation, key, atMs }) => operation === asked && key === state.key && atMs <= state.atMs + watchLagMs,
      );
      return tookOff && !isTrue
        ? [found(`the operation ${asked} left the hub and had not begun on its cluster`, state.key, asked)]
        : [];
    }),
  );
}
