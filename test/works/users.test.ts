import { describe, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { watchWorks } from '../../src/operations/watch/watch-works.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { Poller } from '../../src/works/poll.ts';
import { ListedWorks, NamedWorks, type Selection } from '../../src/works/select.ts';
import { StatusFeed } from '../../src/works/status-feed.ts';
import { gist } from './support/model.ts';
import { ids, NoReturn, provesTrue, shownAs, source, type FollowingUser, type World } from './support/world.ts';

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

/** A watch of the command line: what is read and told, printed look by look. */
const commandLine =
  (select: (world: World) => Selection, via: 'stream' | 'poll') =>
  (world: World): FollowingUser => {
    const end = new AbortController();
    const budget = { clock: world.clock, random: world.random, signal: end.signal, deadlineMs: Infinity };
    const poller = new Poller(select(world), world.reader, budget);
    const feed =
      via === 'poll'
        ? undefined
        : new StatusFeed(source, world, { signal: end.signal, wants: (event) => poller.wants(event) });
    const there = new Map<string, ResourceBundle>();
    const ends = new NoReturn();
    const following = (async () => {
      const looks = poller.looks({
        intervalMs: 1_000,
        readTimeoutMs: 60_000,
        onTrouble: () => undefined,
        ...(feed === undefined ? {} : { stream: { feed, liveIntervalMs: 5_000 } }),
      });
      for await (const { changes } of looks) {
        for (const change of changes) {
          const { id, kept } = change;
          if (change.type === 'MODIFIED' && gist(change.before) !== gist(there.get(id) ?? kept))
            throw new Error(`${id} was another before`);
          if (change.type !== 'DELETED') {
            ends.shown(id, kept.createdAt);
            there.set(id, kept);
          } else {
            there.delete(id);
            if (change.seen) ends.ended(id, kept.createdAt);
          }
        }
      }
    })();
    following.catch(() => undefined);
    return {
      view: () => [...there.values()].map((row) => shownAs(row)),
      stop: async () => {
        end.abort(new MaestroError('interrupted', 'over'));
        await feed?.close();
        await following.catch((error: unknown) => {
          if (MaestroError.from(error).code !== 'interrupted') throw error;
        });
      },
    };
  };

const named = (world: World): Selection =>
  new NamedWorks(
    world.reader,
    ids.map((id) => ({ by: 'id', id })),
    source,
  );
const listed = (world: World): Selection =>
  new ListedWorks({ consumers: [], selector: [], list: (call) => world.reader.listBundles({}, call) });

describe('whatever happens to works, streams and reads, what is shown in the end is true, and no deleted work comes back', () => {
  it("in the library's watch", async () => provesTrue(libraryWatch));

  it.each(['stream', 'poll'] as const)('in a watch of named works, via %s', async (via) =>
    provesTrue(commandLine(named, via)),
  );

  it.each(['stream', 'poll'] as const)('in a watch of a list, via %s', async (via) =>
    provesTrue(commandLine(listed, via)),
  );
});
