import { found, rowKey, type GitopsProperty } from './property.ts';

/** Stamps and labels do not count: what the agent is to do does, and for which application. */
export const oneVersionPerChange: GitopsProperty = {
  name: 'one-version-per-change',
  says: 'no version of a work is stored that says the same for the same Application as the one before it: a change is delivered once, whoever was restarted and whichever answer was lost',
  check: ({ stored }) => {
    const before = new Map<string, { version: number; content: string; uid: string }>();
    return stored.flatMap((row) => {
      const { version, content, uid, key, removed, deleting } = row;
      const id = rowKey(row);
      if (removed) {
        before.delete(id);
        return [];
      }
      const known = before.get(id);
      before.set(id, { version, content, uid });
      const repeats = known !== undefined && version > known.version && content === known.content && uid === known.uid;
      return repeats && !deleting
        ? [found(`version ${String(version)} of the work on its cluster changes nothing`, key)]
        : [];
    });
  },
};
