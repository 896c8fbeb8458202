import { describe, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { watchWorks } from '../../src/operations/watch/watch-works.ts';
import { NoReturn, provesTrue, shownAs, source, type FollowingUser, type World } from './support/world.ts';

/** The library's watch, in the hands of a program that keeps the latest of each work. */
function libraryWatch(world: World): FollowingUser {
  const end = new AbortController();
  const there = new Map<string, string>();
  const ends = new NoReturn();
  const following = (async () => {
    for await (const change of watchWorks({ source }, world, { signal: end.signal })) {
      if (change.kind === 'status') {
        ends.shown(change.id, change.createdAt);
        there.set(change.id, shownAs(change));
      } else {
        there.delete(change.id);
        if (change.kind === 'deleted') ends.ended(change.id, change.createdAt);
      }
    }
  })();
  following.catch(() => undefined);
  return {
    view: () => [...there.values()],
    stop: async () => {
      end.abort(new MaestroError('interrupted', 'over'));
      await following.catch((error: unknown) => {
        if (MaestroError.from(error).code !== 'interrupted') throw error;
      });
    },
  };
}

describe('whatever happens to works, streams and reads, what is shown in the end is true, and no deleted work comes back', () => {
  it("in the library's watch", async () => provesTrue(libraryWatch), 60_000);
});
