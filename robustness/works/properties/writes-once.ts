import type { Fault } from '../../properties/property.ts';
import { versionsOf, type StoredRow } from '../history/history.ts';
import type { Property } from './property.ts';

export const writesOnce: Property = {
  name: 'writes-once',
  says: 'a call brings its objects into one version of a work, also when an answer was lost and it asked again, and no version is stored that changes nothing',
  check: ({ rows }) =>
    versionsOf(rows).flatMap((versions) => {
      const seen = new Map<string, number>();
      return versions.flatMap((row, index) => [
        ...idle(row, versions[index - 1]),
        ...broughtBy(row, versions[index - 1]).flatMap((call) => {
          const earlier = seen.get(call);
          seen.set(call, row.version);
          return earlier === undefined
            ? []
            : [
                {
                  what: `${row.work} on ${row.consumer}: in version ${String(earlier)}, and anew in ${String(row.version)}`,
                  calls: [call],
                },
              ];
        }),
      ]);
    }),
};

/** Each version goes to the agent, which reports it anew: one that brings nothing makes all who wait begin again. */
function idle(row: StoredRow, before: StoredRow | undefined): readonly Fault[] {
  if (before === undefined || before.version >= row.version) return [];
  if (JSON.stringify(before.manifests) !== JSON.stringify(row.manifests) || before.options !== row.options) return [];
  const what = `${row.work} on ${row.consumer}: version ${String(row.version)} is version ${String(before.version)} again`;
  return [{ what, calls: [...new Set(row.manifests.map(({ call }) => call))] }];
}

function broughtBy(row: StoredRow, before: StoredRow | undefined): readonly string[] {
  const old = before?.manifests ?? [];
  const calls = row.manifests
    .filter((one) => !old.some(({ name, call }) => name === one.name && call === one.call))
    .map(({ call }) => call);
  return [...new Set(calls)];
}
