import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../src/core/expressions/parse.ts';
import { createBudget } from '../../src/operations/budget.ts';
import { wasSeenDeleted } from '../../src/operations/wait/seen-deleted.ts';
import { waitForWorks } from '../../src/operations/wait/wait-for-works.ts';
import { MaestroError } from '../../src/errors.ts';
import { watchWorks } from '../../src/operations/watch/watch-works.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { reportsDeletion } from '../../src/core/works/report-order.ts';
import { Follower, type WorkTaker } from '../../src/works/follow.ts';
import { createdAtOf } from '../../src/works/order.ts';
import { setUp } from '../gitops/reconcile/set-up.ts';
import { LiveWorks } from '../../src/works/live-works.ts';
import { Poller } from '../../src/works/poll.ts';
import { ListedWorks, NamedWorks, type Selection } from '../../src/works/select.ts';
import { StatusFeed } from '../../src/works/status-feed.ts';
import { gist } from './support/model.ts';
import {
  ids,
  lives,
  nameOf,
  NoReturn,
  provesTrue,
  shownAs,
  source,
  World,
  type FollowingUser,
} from './support/world.ts';

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

/** A work as it is shown, of what a store keeps of its place. */
function knownAs({ id, version, deleting, sequenceId }: KnownPlaceOfWork): ReturnType<typeof shownAs> {
  return shownAs({
    id,
    version,
    ...(deleting ? { deletedAt: 'then' } : {}),
    ...(sequenceId === '' ? {} : { status: { sequenceId, observedVersion: 0, conditions: [], resourceStatus: [] } }),
  });
}

interface KnownPlaceOfWork {
  readonly id: string;
  readonly version: number;
  readonly deleting: boolean;
  readonly sequenceId: string;
}

/** The controllers: what they know of bundles, in the index that their decisions rest on. */
function controllers(world: World): FollowingUser {
  const end = new AbortController();
  const { store, maestroHandler: handler } = setUp(
    {},
    { clock: world.clock, readSoon: (id, report) => follower.readSoon(id, report) },
  );
  const ends = new NoReturn();
  let fault: MaestroError | undefined;
  const taker: WorkTaker = {
    beginRead: () => handler.beginRead(),
    row: (row, read) => {
      handler.row(row, read);
      const known = store.index.byBundle(row.id);
      if (known !== undefined) ends.shown(row.id, known.bundle.createdAt);
    },
    event: (event) => {
      handler.event(event);
      if (reportsDeletion(event.status)) ends.ended(event.id, createdAtOf(event));
    },
    unreadable: ({ error }) => void (fault ??= error),
    unreadableEvent: ({ error }) => void (fault ??= error),
    missing: (read, signal) => handler.missing(read, signal),
    absent: (id, read) => handler.absent(id, read),
    awaited: () => handler.awaited(),
    standing: () => handler.standing(),
    state: (state) => handler.state(state),
  };
  const follower = new Follower({ where: { source }, wholeReadEveryMs: 20_000, stubborn: true }, world, taker);
  const following = follower.run(end.signal);
  following.catch(() => undefined);
  return {
    view: () =>
      [...store.index.all()].flatMap(({ bundles }) =>
        bundles.map(({ stored, sequenceId }) => knownAs({ ...stored, sequenceId })),
      ),
    stop: async () => {
      end.abort(new MaestroError('interrupted', 'over'));
      await following;
      if (fault !== undefined) throw fault;
    },
  };
}

/** What the whole screen shows: all works, from the stream of one source and from reads. */
function wholeScreen(world: World): FollowingUser {
  const end = new AbortController();
  const ends = new NoReturn();
  const live = new LiveWorks<Pick<ResourceBundle, 'createdAt'>>(
    {
      source,
      signal: end.signal,
      projection: {
        ofRow: ({ createdAt }) => ({ createdAt }),
        ofReport: (event, known) => known?.kept ?? { createdAt: createdAtOf(event) },
      },
      onChange: (changes) => {
        for (const change of changes) {
          if (change.type === 'ADDED') ends.shown(change.id, change.kept.createdAt);
          if (change.type === 'DELETED' && change.seen) ends.ended(change.id, change.kept.createdAt);
        }
      },
    },
    world,
  );
  const following = live.run();
  following.catch(() => undefined);
  return {
    view: () => [...live.store.works()].map((work) => knownAs(work)),
    stop: async () => {
      end.abort(new MaestroError('interrupted', 'over'));
      await following;
    },
  };
}

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

  it('on the whole screen', async () => provesTrue(wholeScreen));

  it("in the controllers' index", async () => provesTrue(controllers));

  it.each(['stream', 'poll'] as const)('in waits for the end of works, via %s', async (via) => {
    await fc.assert(
      fc.asyncProperty(lives, async (life) => {
        const world = new World(life.seed);
        const end = new AbortController();
        for (const id of ids) world.maestro.do('apply', id);
        const born = new Map(world.truth().map(({ id, createdAt }) => [id, createdAt]));
        const targets = ids.map((id) => ({ id, name: nameOf(id), consumer: 'c1', known: true, mustExist: false }));
        const condition = { expression: parseExpression('Deleted'), failureGraceMs: 0, feedbackSettleMs: 0 };
        const budget = createBudget(60_000, { clock: world.clock, random: world.random, signal: end.signal });
        const feed = via === 'poll' ? {} : { feed: new StatusFeed(source, world, { signal: end.signal }) };
        const deps = { reader: world.reader, onProgress: () => undefined, ...feed };
        const waiting = waitForWorks(
          targets.map((target) => ({ ...target, createdAt: born.get(target.id) ?? '' })),
          condition,
          deps,
          budget,
        );
        await world.live(life);
        const results = await world.clock.finish(waiting);
        end.abort(new MaestroError('interrupted', 'over'));
        for (const { target, error, bundle } of results) {
          const isThere = world.maestro.rows.get(target.id)?.createdAt === born.get(target.id);
          expect(error?.code, nameOf(target.id)).toBe(isThere ? 'timeout' : undefined);
          if (wasSeenDeleted(bundle)) expect(isThere).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });
});
