import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApplyManyOptions } from '../../../src/library/client-calls.ts';
import { createMaestroClient, type MaestroClient } from '../../../src/library/maestro-client.ts';
import type { FleetOutcome, FleetTask } from '../../../src/operations/fleet/fleet-task.ts';
import { AdaptiveWindow } from '../../../src/operations/fleet/adaptive-window.ts';
import { chunksOf, prefetching } from '../../../src/operations/fleet/chunks.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function world(
  count: number,
  source = 'fleet',
): Promise<{ standIn: StandIn; client: MaestroClient; consumers: string[] }> {
  const consumers = Array.from({ length: count }, (_unused, index) => `c${index}`);
  const standIn = await startStandIn({ consumers, agent: { online: false } });
  opened.push(standIn);
  return { standIn, client: await clientOf(standIn, source), consumers };
}

async function clientOf(standIn: StandIn, source: string): Promise<MaestroClient> {
  const client = await createMaestroClient({
    grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
    httpEndpoint: standIn.httpEndpoint,
    source,
  });
  opened.push(client);
  return client;
}

function apply(consumer: string, name: string, value = '1'): FleetTask {
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { consumer, value },
  };
  return {
    op: 'apply',
    consumer,
    work: { name, labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [] },
  };
}

async function run(
  client: MaestroClient,
  tasks: Iterable<FleetTask>,
  options: ApplyManyOptions = {},
): Promise<{ progress: Awaited<ReturnType<MaestroClient['applyMany']>>; outcomes: FleetOutcome[] }> {
  const outcomes: FleetOutcome[] = [];
  const progress = await client.applyMany(tasks, { ...options, onOutcome: (outcome) => outcomes.push(outcome) });
  return { progress, outcomes };
}

describe('many writes at once', () => {
  it('creates on every consumer, and publishes nothing when run again', async () => {
    const { standIn, client, consumers } = await world(300);
    const tasks = (): FleetTask[] => consumers.map((consumer) => apply(consumer, 'base'));
    expect((await run(client, tasks())).progress).toMatchObject({ done: 300, created: 300, failed: 0, skipped: 0 });
    const published = standIn.publishes().length;
    expect((await run(client, tasks())).progress).toMatchObject({ done: 300, unchanged: 300 });
    expect(standIn.publishes().length).toBe(published);
  });

  it('finishes what an interrupted run began, publishing only what is missing', async () => {
    const { standIn, client, consumers } = await world(300);
    const tasks = (): FleetTask[] => consumers.map((consumer) => apply(consumer, 'base'));
    const stop = new AbortController();
    let done = 0;
    const first = await client.applyMany(tasks(), {
      signal: stop.signal,
      onProgress: (progress) => {
        done = progress.created;
        if (done === 120) stop.abort(new Error('stopped'));
      },
    });
    expect(first.created + first.failed + first.skipped).toBe(300);
    expect(first.created).toBeLessThan(300);
    const stored = new Set(standIn.publishes().map(({ id }) => id));
    const second = await client.applyMany(tasks());
    expect(second.created + second.unchanged).toBe(300);
    expect(second.unchanged).toBeGreaterThanOrEqual(first.created);
    // What the first run has under way may arrive after the second has read: both then sent it, once each.
    const later = standIn
      .publishes()
      .slice(stored.size)
      .map(({ id }) => id);
    expect(later.filter((id) => stored.has(id))).toEqual([]);
    expect(new Set([...stored, ...later]).size).toBe(300);
  });

  it('tells each failure by itself, and begins nothing more after too many', async () => {
    const { standIn, client, consumers } = await world(20);
    const tasks = consumers.flatMap((consumer) => [apply(consumer, 'good'), apply(`missing-${consumer}`, 'bad')]);
    const all = await run(client, tasks);
    expect(all.progress).toMatchObject({ done: 40, created: 20, failed: 20 });
    expect(
      new Set(all.outcomes.filter(({ outcome }) => outcome.exitCode !== 0).map(({ outcome }) => outcome.reason)),
    ).toEqual(new Set(['ConsumerNotFound']));
    const few = await run(
      client,
      Array.from({ length: 50 }, (_unused, index) => apply(`none-${index}`, 'bad')),
      { maxFailures: 3, maxConcurrency: 1 },
    );
    expect(few.progress).toMatchObject({ failed: 3, skipped: 47 });
    expect(standIn.publishes().length).toBe(20);
  });

  it('leaves out nothing that another manager brings to the same work', async () => {
    const { client } = await world(1);
    const by = (manager: string, name: string, value: string): FleetTask => {
      const { work, ...task } = apply('c0', name, value) as Extract<FleetTask, { op: 'apply' }>;
      return { ...task, manager, work: { ...work, name: 'w' } };
    };
    const { progress } = await run(client, [by('a', 'a', '1'), by('b', 'b', '1'), by('a', 'a', '2')], { merge: true });
    expect(progress).toMatchObject({ created: 1, updated: 1, failed: 0, coalesced: 1 });
    const stored = (await client.works('c0').get('w')).manifests;
    expect(stored).toMatchObject([{ metadata: { name: 'b' } }, { metadata: { name: 'a' }, data: { value: '2' } }]);
  });

  it('plans nothing from a read that one of its own tasks has made old', async () => {
    const { client, consumers } = await world(400);
    const others = consumers.map((consumer) => apply(consumer, 'other'));
    const first = await run(client, [
      apply('c0', 'twice', '1'),
      apply('c1', 'gone'),
      ...others.slice(0, 80),
      { op: 'delete', consumer: 'c1', name: 'gone' },
      ...others.slice(80),
      apply('c0', 'twice', '2'),
    ]);
    expect(first.progress).toMatchObject({ created: 402, updated: 1, deleted: 1, absent: 0, failed: 0 });
    const later = [...others.slice(0, 80), apply('c0', 'twice', '4'), ...others.slice(80)];
    expect(
      (await run(client, [apply('c0', 'twice', '3'), ...later, apply('c0', 'twice', '5')])).progress,
    ).toMatchObject({ updated: 3, failed: 0 });
    expect((await client.works('c0').get('twice')).manifests[0]).toMatchObject({ data: { value: '5' } });
  });

  it.each<{ title: string; options: ApplyManyOptions }>([
    { title: 'a merge that writes whatever is stored', options: { merge: true, overwrite: true } },
    { title: 'to remove nothing, and to write over what was not read', options: { noRemove: true, overwrite: true } },
  ])('refuses $title, as the command does', async ({ options }) => {
    const { standIn, client } = await world(1);
    await expect(run(client, [apply('c0', 'w')], options)).rejects.toMatchObject({ code: 'usage' });
    expect(standIn.publishes()).toEqual([]);
  });

  it('refuses the names of other sources as a single apply does', async () => {
    const { standIn, client } = await world(2);
    const other = await clientOf(standIn, 'other');
    await other.works('c1').apply((apply('c1', 'taken') as Extract<FleetTask, { op: 'apply' }>).work);
    const { progress, outcomes } = await run(client, [apply('c0', 'taken'), apply('c1', 'taken')]);
    expect(progress).toMatchObject({ created: 1, failed: 1 });
    expect(outcomes.find(({ task }) => task.consumer === 'c1')?.outcome.reason).toBe('ForeignWork');
  });

  it('deletes first, counts what was not there, and lets the last of several tasks for a work win', async () => {
    const { standIn, client } = await world(1);
    await run(client, [apply('c0', 'old')]);
    const before = standIn.publishes().length;
    const { progress } = await run(client, [
      apply('c0', 'new', '1'),
      apply('c0', 'new', '2'),
      { op: 'delete', consumer: 'c0', name: 'old' },
      { op: 'delete', consumer: 'c0', name: 'never' },
    ]);
    expect(progress).toMatchObject({ created: 1, deleted: 1, absent: 1, coalesced: 1, failed: 0 });
    expect(
      standIn
        .publishes()
        .slice(before)
        .map(({ type }) => type.split('.').at(-1)),
    ).toEqual(['delete_request', 'create_request']);
    const stored = await client.works('c0').get('new');
    expect(stored.manifests[0]).toMatchObject({ data: { value: '2' } });
  });

  it('never crosses concurrent calls for 50 consumers', async () => {
    const { client, consumers } = await world(50);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(consumers, { minLength: 20 }), fc.integer(), async (some, salt) => {
        await Promise.all(
          some.map(async (consumer) => {
            const work = (apply(consumer, 'own', String(salt)) as Extract<FleetTask, { op: 'apply' }>).work;
            await client.works(consumer).apply(work);
            const read = await client.works(consumer).get('own');
            expect(read.consumerName).toBe(consumer);
            expect(read.manifests[0]).toMatchObject({ data: { consumer, value: String(salt) } });
          }),
        );
      }),
      { numRuns: 5 },
    );
  });
});

describe('the window of requests under way', () => {
  it('grows while answers stay quick, is halved on trouble, and never passes its bound', async () => {
    const window = new AdaptiveWindow(16, 4);
    const round = async (trouble: boolean): Promise<void> => {
      const size = window.size;
      for (let index = 0; index < size; index += 1) await window.enter();
      for (let index = 0; index < size; index += 1) window.leave(5, trouble && index === size - 1);
    };
    for (let index = 0; index < 30; index += 1) await round(false);
    expect(window.size).toBe(16);
    await round(true);
    expect(window.size).toBe(8);
  });

  it('stops growing when answers take longer because the server queues', async () => {
    const window = new AdaptiveWindow(64, 8);
    for (let index = 0; index < 2_000; index += 1) {
      await window.enter();
      window.leave(index < 8 ? 5 : 15 * Math.max(1, window.size / 8), false);
    }
    // The eight quick answers doubled it, and nothing after them made it grow or shrink.
    expect(window.size).toBe(16);
  });

  it('becomes smaller while answers take far longer than the quickest, and grows again when they do not', async () => {
    const window = new AdaptiveWindow(64, 8);
    const answers = async (count: number, latencyMs: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        await window.enter();
        window.leave(latencyMs, false);
      }
    };
    await answers(1, 5);
    await answers(40, 100);
    expect(window.size).toBe(4);
    await answers(400, 100);
    expect(window.size).toBe(2);
    await answers(100, 6);
    expect(window.size).toBeGreaterThan(8);
  });

  it('doubles until it meets its limit or trouble, and grows by one from then on', async () => {
    const window = new AdaptiveWindow(256, 8);
    const answers = async (count: number, trouble = false): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        await window.enter();
        window.leave(5, trouble);
      }
    };
    await answers(8 + 16 + 32);
    expect(window.size).toBe(64);
    await answers(64, true);
    expect(window.size).toBe(32);
    await answers(32);
    expect(window.size).toBe(33);
  });

  it('holds back what would be too much, and lets it in later', async () => {
    const window = new AdaptiveWindow(1, 1);
    await window.enter();
    let entered = false;
    const second = window.enter().then(() => (entered = true));
    await Promise.resolve();
    expect(entered).toBe(false);
    window.leave(1, false);
    await second;
    expect(entered).toBe(true);
  });
});

describe('chunks of tasks', () => {
  it('hold every work once, deletes first, in any stream', async () => {
    const task = fc.record({ op: fc.constantFrom('apply', 'delete'), name: fc.constantFrom('a', 'b', 'c', 'd') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (tasks, size, firstSize, arriving) => {
          const given = tasks.map(({ op, name }): FleetTask =>
            op === 'delete' ? { op: 'delete', consumer: 'c', name } : apply('c', name),
          );
          let count = 0;
          let wanted = firstSize;
          const stream = async function* (): AsyncGenerator<FleetTask> {
            yield* given;
          };
          for await (const chunk of chunksOf(arriving ? stream() : given, size, firstSize)) {
            const names = chunk.tasks.map((one) => (one.op === 'apply' ? one.work.name : one.name));
            expect(new Set(names).size).toBe(names.length);
            expect(names.length).toBeLessThanOrEqual(wanted);
            wanted = size;
            const ops = chunk.tasks.map(({ op }) => op);
            expect([...ops].sort().reverse()).toEqual(ops);
            count += chunk.tasks.length + chunk.coalesced;
          }
          expect(count).toBe(tasks.length);
        },
      ),
    );
  });

  it('are prepared ahead, by no more than was asked for', async () => {
    let begun = 0;
    const seen: number[] = [];
    const items = (async function* () {
      for (let index = 0; index < 6; index += 1) yield index;
    })();
    for await (const item of prefetching(items, async (value) => ((begun += 1), value), 2)) {
      seen.push(item);
      expect(begun - seen.length).toBeLessThanOrEqual(2);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
