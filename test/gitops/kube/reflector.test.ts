import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { reflect } from '../../../src/gitops/kube/reflector.ts';
import type {
  Reflector,
  ReflectorDeps,
  ReflectorEvent,
  ReflectorOptions,
  ReflectorProblem,
} from '../../../src/gitops/kube/reflector.ts';
import { objectAt, textAt } from '../../../src/core/json-fields.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Clock } from '../../../src/clock.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { status } from './support/fake-hub.ts';
import type { FakeHub } from './support/fake-hub.ts';
import { startHub, until, widgets } from './support/hub-client.ts';

/** Back-off sleeps take a thousandth of their time; what happens is told by events, never by waiting. */
const hurried: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => systemClock.sleep(ms > 60_000 ? ms : ms / 1000, signal),
};

interface Followed {
  readonly hub: FakeHub;
  readonly reflector: Reflector;
  readonly events: ReflectorEvent<string>[];
  /** key → version, as the events tell it. */
  readonly view: Map<string, string>;
  readonly problems: ReflectorProblem[];
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A reflector of a fake hub, and what its events come to. */
async function follow(
  options: Partial<ReflectorOptions<string>> = {},
  prepare: (hub: FakeHub) => void = () => undefined,
  deps: Partial<ReflectorDeps> = {},
  hubDeps: Parameters<typeof startHub>[0] = {},
): Promise<Followed> {
  const { hub, api } = await startHub(hubDeps);
  prepare(hub);
  const events: ReflectorEvent<string>[] = [];
  const view = new Map<string, string>();
  const problems: ReflectorProblem[] = [];
  const reflector = reflect<string>(
    {
      path: widgets,
      labelSelector: 'pick=yes',
      pageSize: 3,
      project: (object: JsonObject) => textAt(objectAt(object, 'metadata'), 'resourceVersion'),
      handler: (event) => {
        events.push(event);
        if (event.kind === 'upsert') view.set(event.key, event.item);
        if (event.kind === 'gone') view.delete(event.key);
      },
      ...options,
    },
    { api, clock: hurried, random: () => 0.5, onProblem: (problem) => problems.push(problem), ...deps },
  );
  const stop = new AbortController();
  const ended = reflector.run(stop.signal).then(
    () => 'ended',
    (error: unknown) => error,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    await ended;
  };
  onTestFinished(end);
  return { hub, reflector, events, view, problems, ended, stop: end };
}

const kinds = (events: readonly ReflectorEvent<string>[]): string[] =>
  events.map((event) => ('key' in event ? `${event.kind} ${event.key}` : event.kind));

describe('reflect', () => {
  it('tells a list page by page, then changes, each once', async () => {
    const { hub, events, view, reflector } = await follow({}, (prepared) =>
      ['a', 'b', 'c', 'd'].forEach((name) => prepared.put(name)),
    );
    await until(() => reflector.state.watching && hub.watchers === 1, 'the watch');
    expect(kinds(events)).toEqual(['upsert ns/a', 'upsert ns/b', 'upsert ns/c', 'upsert ns/d', 'synced']);
    expect(events.at(-1)).toEqual({ kind: 'synced', listed: 4, known: 0, missing: 0 });
    hub.put('e');
    hub.put('a', 'changed');
    hub.remove('b');
    await until(() => view.size === 4 && events.length === 8, 'three changes');
    expect(kinds(events.slice(5))).toEqual(['upsert ns/e', 'upsert ns/a', 'gone ns/b']);
    expect(view).toEqual(hub.view());
    expect(reflector.state).toMatchObject({
      synced: true,
      watching: true,
      items: 4,
      lists: 1,
      restarts: 0,
      failures: 0,
    });
    expect(reflector.state.lastEventMs).toBeGreaterThan(0);
  });

  it('tells an object that lost its label as gone, with what it was', async () => {
    const { hub, events } = await follow({}, (prepared) => prepared.put('a'));
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('a', '', false);
    await until(() => events.length === 3, 'the change');
    expect(events[2]).toEqual({ kind: 'gone', key: 'ns/a', why: 'deleted', item: '102' });
    expect(await hubHas(hub, 'a')).toBe(true);
  });

  it.each([
    ['the server ends it', (hub: FakeHub) => hub.endWatches()],
    ['its connection is cut', (hub: FakeHub) => hub.cutWatches()],
    ['it sends nonsense', (hub: FakeHub) => hub.sendRaw('nonsense\n')],
  ])('goes on from where a watch ended when %s, without a list', async (_how, act) => {
    const { hub, events, view, reflector } = await follow({}, (prepared) => prepared.put('a'));
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('b');
    hub.bookmark();
    await until(() => events.length === 3, 'b');
    act(hub);
    await until(() => reflector.state.restarts === 1 && hub.watchers === 1, 'the next watch');
    hub.put('c');
    await until(() => view.size === 3, 'c');
    expect(kinds(events)).toEqual(['upsert ns/a', 'synced', 'upsert ns/b', 'upsert ns/c']);
    expect(reflector.state.lists).toBe(1);
    const watches = hub.asked.filter(({ query }) => query.get('watch') === 'true');
    expect(watches.map(({ query }) => query.get('resourceVersion'))).toEqual(['101', '102']);
  });

  it('moves on with bookmarks, so that a quiet kind does not expire', async () => {
    const { hub, reflector } = await follow({}, (prepared) => prepared.put('a'));
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('other', '', false);
    hub.bookmark();
    hub.compact();
    await until(() => reflector.state.lastEventMs !== undefined, 'the bookmark');
    hub.endWatches();
    await until(() => reflector.state.restarts === 1 && hub.watchers === 1, 'the next watch');
    expect(reflector.state.lists).toBe(1);
  });

  it('goes on from where it was, without a word, when a watch has nothing to tell for long', async () => {
    const clock = new ManualClock();
    const { hub, events, problems, reflector } = await follow({}, (prepared) => prepared.put('a'), {}, { clock });
    const isTold = async (name: string): Promise<void> =>
      until(() => events.some((event) => 'key' in event && event.key === `ns/${name}`), name);
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('b');
    await isTold('b');
    for (const restarts of [1, 2]) {
      const before = reflector.state.lastEventMs ?? 0;
      await clock.advance(90_000);
      await until(
        () => reflector.state.restarts === restarts && (reflector.state.lastEventMs ?? 0) > before,
        'the sign of life of the next watch, which tells nothing else',
      );
    }
    hub.put('c');
    await isTold('c');
    expect(problems).toEqual([]);
    expect(reflector.state).toMatchObject({ lists: 1, failures: 0 });
  });

  it('lists again after a 410 and finds what is gone, warning first', async () => {
    const { hub, events, view, reflector, problems } = await follow({}, (prepared) =>
      ['a', 'b', 'c', 'd'].forEach((name) => prepared.put(name)),
    );
    await until(() => hub.watchers === 1, 'the watch');
    hub.freezeWatches();
    hub.remove('b');
    hub.put('e');
    hub.compact();
    hub.cutWatches();
    await until(() => reflector.state.lists === 2, 'the second list');
    expect(kinds(events.slice(5))).toEqual([
      'upsert ns/a',
      'upsert ns/c',
      'upsert ns/d',
      'upsert ns/e',
      'sweep',
      'gone ns/b',
      'synced',
    ]);
    expect(events.at(-2)).toEqual({ kind: 'gone', key: 'ns/b', why: 'missing' });
    expect(events.find(({ kind }) => kind === 'sweep')).toEqual({ kind: 'sweep', listed: 4, known: 4, missing: 1 });
    expect(view).toEqual(hub.view());
    expect(problems.map(({ kind }) => kind)).toContain('expired');
  });

  it('says "gone" of nothing while a list is incomplete', async () => {
    const { hub, events, view, reflector, problems } = await follow({}, (prepared) =>
      [...'abcdefghijk'].forEach((name) => prepared.put(name)),
    );
    await until(() => hub.watchers === 1, 'the watch');
    hub.freezeWatches();
    hub.remove('a');
    hub.compact();
    let broken = 0;
    hub.beforeNextPage = () => {
      // The first try fails in the middle by a 500, the second by an expired continue token.
      broken += 1;
      if (broken === 1) hub.next('list', { status: 500, body: 'no' });
      if (broken === 3) hub.compact();
      expect(events.some(({ kind }) => kind === 'gone')).toBe(false);
    };
    hub.cutWatches();
    await until(() => reflector.state.lists === 2, 'a complete list');
    expect(problems.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['list-failed', 'expired']));
    expect(events.filter(({ kind }) => kind === 'gone')).toEqual([{ kind: 'gone', key: 'ns/a', why: 'missing' }]);
    expect(view).toEqual(hub.view());
  });

  it('flags an empty list after a full one before telling what is gone', async () => {
    const { hub, events, reflector } = await follow({}, (prepared) => ['a', 'b'].forEach((name) => prepared.put(name)));
    await until(() => hub.watchers === 1, 'the watch');
    hub.next('list', { status: 200, body: '{"metadata":{"resourceVersion":"999"},"items":null}' });
    hub.freezeWatches();
    hub.put('c');
    hub.compact();
    hub.cutWatches();
    await until(() => reflector.state.lists === 2, 'the empty list');
    expect(events[3]).toEqual({ kind: 'sweep', listed: 0, known: 2, missing: 2 });
    expect(kinds(events.slice(4))).toEqual(['gone ns/a', 'gone ns/b', 'synced']);
  });

  it('counts an object that cannot be read, keeps what was known of it, and goes on', async () => {
    const refusing = (object: JsonObject): string | undefined => {
      const note = textAt(objectAt(object, 'spec'), 'note');
      if (note === 'bad') throw new Error('malformed');
      return note === 'not mine' ? undefined : note;
    };
    const { hub, events, problems, reflector } = await follow({ project: refusing }, (prepared) => {
      prepared.put('a', 'good');
      prepared.put('b', 'good');
      prepared.put('c', 'bad');
    });
    await until(() => hub.watchers === 1, 'the watch');
    hub.put('a', 'bad');
    hub.put('b', 'not mine');
    hub.freezeWatches();
    hub.compact();
    hub.cutWatches();
    await until(() => reflector.state.lists === 2, 'the second list');
    expect(kinds(events).filter((text) => text.startsWith('gone'))).toEqual(['gone ns/b']);
    expect(reflector.state.refused).toBeGreaterThanOrEqual(3);
    expect(problems.find(({ kind }) => kind === 'refused')).toMatchObject({ key: 'ns/c', error: { code: 'internal' } });
  });

  it('waits as long as a 429 asks, and longer and longer while the hub is away', async () => {
    const slept: number[] = [];
    const clock: Clock = {
      ...hurried,
      sleep: async (ms, signal) => {
        // The other sleeps are deadlines of calls.
        if (ms < 50_000) slept.push(ms);
        return hurried.sleep(ms, signal);
      },
    };
    const busy = { status: 429, headers: { 'retry-after': '40' }, body: status(429, 'TooManyRequests', 'slow') };
    const { reflector } = await follow(
      {},
      (hub) => {
        hub.next('list', 'cut');
        hub.next('list', { status: 403, body: status(403, 'Forbidden', 'no') });
        hub.next('list', busy);
        hub.next('list', 'cut');
      },
      { clock },
    );
    await until(() => reflector.state.synced, 'the list');
    expect(slept).toEqual([500, 1_000, 40_000, 4_000]);
    expect(reflector.state.failures).toBe(4);
  });

  it('lists again when its version is refused over and over, as after a restored backup', async () => {
    const { hub, reflector } = await follow({}, (prepared) => prepared.put('a'));
    await until(() => hub.watchers === 1, 'the watch');
    for (let count = 0; count < 5; count += 1)
      hub.next('watch', { status: 504, body: status(504, 'Timeout', 'Too large resource version') });
    hub.cutWatches();
    await until(() => reflector.state.lists === 2 && hub.watchers === 1, 'the second list');
    expect(reflector.state.failures).toBe(6);
  });

  it('sets one object aside when its handler throws for it, and goes on with the others', async () => {
    const seen: string[] = [];
    const handler = (event: ReflectorEvent<string>): void => {
      if (event.kind === 'upsert' && event.key === 'ns/a') throw new Error('nothing can be made of it');
      if (event.kind === 'upsert') seen.push(event.key);
    };
    const { reflector, problems } = await follow({ handler }, (hub) => {
      hub.put('a');
      hub.put('b');
    });
    await until(() => reflector.state.synced, 'the list');
    expect(seen).toEqual(['ns/b']);
    expect(problems).toMatchObject([{ kind: 'refused', key: 'ns/a' }]);
  });

  it('ends when its handler throws for no object, with what was thrown', async () => {
    const fault = new Error('a bug');
    const { ended } = await follow(
      {
        handler: ({ kind }) => {
          if (kind === 'synced') throw fault;
        },
      },
      (hub) => hub.put('a'),
    );
    expect(await ended).toBe(fault);
  });

  it('stops without leaving a socket', async () => {
    const { hub, stop, ended } = await follow();
    await until(() => hub.watchers === 1, 'the watch');
    await stop();
    expect(await ended).toBe('ended');
    await until(() => hub.watchers === 0, 'the watch closed');
  });
});

/** Whether the hub still has an object, by its own answer. */
async function hubHas(hub: FakeHub, name: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${hub.port}/apis/example.com/v1/namespaces/ns/widgets/${name}`);
  return answer.status === 200;
}

type Step =
  | { readonly do: 'put' | 'remove' | 'hide'; readonly name: string }
  | {
      readonly do:
        'cut' | 'end' | 'freeze' | 'compact' | 'bookmark' | 'nonsense' | 'fail-list' | 'fail-watch' | 'breathe';
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('put', 'remove', 'hide'),
        name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'cut',
          'end',
          'freeze',
          'compact',
          'bookmark',
          'nonsense',
          'fail-list',
          'fail-watch',
          'breathe',
        ),
      }),
    },
  ),
  { maxLength: 40 },
);

async function take(step: Step, hub: FakeHub): Promise<void> {
  switch (step.do) {
    case 'put':
      return hub.put(step.name, String(Math.random()));
    case 'hide':
      return hub.put(step.name, '', false);
    case 'remove':
      return hub.remove(step.name);
    case 'cut':
      return hub.cutWatches();
    case 'end':
      return hub.endWatches();
    case 'freeze':
      return hub.freezeWatches();
    case 'compact':
      return hub.compact();
    case 'bookmark':
      return hub.bookmark();
    case 'nonsense':
      return hub.sendRaw('{"type":');
    case 'fail-list':
      return hub.next('list', 'cut');
    case 'fail-watch':
      return hub.next('watch', { status: 500, body: 'no' });
    default:
      return new Promise((resolve) => setTimeout(resolve, 3));
  }
}

describe('whatever happens', () => {
  it('the view of the receiver becomes that of the hub', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        const { hub, view, reflector, stop } = await follow({}, (prepared) =>
          ['a', 'b', 'c', 'd', 'e'].forEach((name) => prepared.put(name)),
        );
        hub.planned.unused('the last faults of a random story may meet no request');
        try {
          for (const step of story) await take(step, hub);
          await until(() => reflector.state.synced, 'a list');
          // A frozen watch is ended by its watchdog in life; here its end comes at once.
          hub.cutWatches();
          await until(
            () => JSON.stringify([...view].sort()) === JSON.stringify([...hub.view()].sort()),
            'the same view',
          );
          expect(reflector.state.items).toBe(view.size);
        } finally {
          await stop();
          await hub.close();
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
