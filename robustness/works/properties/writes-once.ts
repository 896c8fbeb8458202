import { versionsOf, type StoredRow } from '../history/history.ts';
import type { Property } from './property.ts';

export const writesOnce: Property = {
  name: 'writes-once',
  says: 'a call brings its objects into one version of a work, also when an answer was lost and it asked again',
  check: ({ rows }) =>
    versionsOf(rows).flatMap((versions) => {
      const seen = new Map<string, number>();
      return versions.flatMap((row, index) =>
        broughtBy(row, versions[index - 1]).flatMap((call) => {
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
      );
    }),
};

function broughtBy(row: StoredRow, before: StoredRow | undefined): readonly string[] {
  const old = before?.manifests ?? [];
  const calls = row.manifests
    .filter((one) => !old.some(({ name, call }) => name === one.name && call === one.call))
    .map(({ call }) => call);
  return [...new Set(calls)];
}
