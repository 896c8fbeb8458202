import { found, rowKey, type GitopsProperty } from './property.ts';

export const comesToRest: GitopsProperty = {
  name: 'comes-to-rest',
  says: 'when all has arrived, no version is stored any more, and an Application of the hub is written once more at the most: a status of which little changed is written late',
  check: ({ restMs, stored, writes }) => {
    if (restMs === undefined) return [];
    const versions = new Map<string, number>();
    const late = stored.flatMap((row) => {
      const { version, key, atMs } = row;
      const id = rowKey(row);
      const isNew = versions.get(id) !== version;
      versions.set(id, version);
      return isNew && atMs > restMs ? [found(`version ${String(version)} is stored when all has arrived`, key)] : [];
    });
    const written = Map.groupBy(
      writes.filter(({ atMs }) => atMs > restMs),
      ({ key }) => key,
    );
    const often = [...written].flatMap(([key, all]) =>
      all.length > 1 ? [found(`the hub is written ${String(all.length)} times when all has arrived`, key)] : [],
    );
    return [...late, ...often];
  },
};
