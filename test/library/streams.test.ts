import { afterEach, describe, expect, it } from 'vitest';
import type { WatchWorksOptions } from '../../src/library/client-calls.ts';
import { createMaestroClient, type MaestroClient } from '../../src/library/maestro-client.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { MaestroError } from '../../src/errors.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';

const opened: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

type Options = Parameters<typeof startStandIn>[0];

async function world(options: Options = {}): Promise<{ standIn: StandIn; client: MaestroClient }> {
  const standIn = await startStandIn({
    consumers: ['c1', 'c2'],
    heartbeatMs: 100,
    agent: { delayMs: 1, availableDelayMs: 1, deleteDelayMs: 1 },
    ...options,
  });
  opened.push(standIn);
  const client = await createMaestroClient({
    grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
    httpEndpoint: standIn.httpEndpoint,
    source: 'library',
  });
  opened.push(client);
  return { standIn, client };
}

type Work = Parameters<ReturnType<MaestroClient['works']>['apply']>[0];

function work(
  name: string,
  manifests: readonly { readonly kind: string; readonly name: string }[] = [{ kind: 'ConfigMap', name }],
): Work {
  return {
    name,
    labels: { app: name },
    annotations: {},
    manifests: manifests.map(({ kind, name: of }) => ({
      apiVersion: 'v1',
      kind,
      metadata: { name: of, namespace: 'default' },
    })),
    manifestConfigs: [],
  };
}

describe('filters of a watch', () => {
  async function first(client: MaestroClient, count: number, options: WatchWorksOptions): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { consumer, name } of client.watch(options)) {
      found.push(`${consumer}/${name}`);
      if (found.length === count) break;
    }
    return found.sort();
  }

  it('choose by consumer, label, resource and condition', async () => {
    const { client } = await world({ agents: { c2: { unavailableManifests: ['Secret/*'] } } });
    for (const consumer of ['c1', 'c2']) {
      await client.works(consumer).apply(work('config'), { wait: 'Available' });
      await client.works(consumer).apply(work('secret', [{ kind: 'Secret', name: 's' }]), { wait: 'Applied' });
    }
    expect(await first(client, 2, { consumer: 'c2' })).toEqual(['c2/config', 'c2/secret']);
    expect(await first(client, 2, { selector: 'app=config' })).toEqual(['c1/config', 'c2/config']);
    expect(await first(client, 2, { resource: 'Secret' })).toEqual(['c1/secret', 'c2/secret']);
    expect(await first(client, 2, { resource: 'ConfigMap/default/config' })).toEqual(['c1/config', 'c2/config']);
    expect(await first(client, 1, { condition: 'Available=False' })).toEqual(['c2/secret']);
    expect(await first(client, 1, { resource: 'Secret', condition: 'Available' })).toEqual(['c1/secret']);
  });

  it('tell the end of a work that was told, and of no other', async () => {
    const { client } = await world();
    for (const [name, kind] of [
      ['mine', 'ConfigMap'],
      ['other', 'Secret'],
    ] as const)
      await client.works('c1').apply(work(name, [{ kind, name }]), { wait: 'Available' });
    const seen: string[] = [];
    for await (const change of client.watch({ resource: 'ConfigMap' })) {
      seen.push(`${change.kind} ${change.name}`);
      if (seen.length === 1) {
        await client.works('c1').delete('other', { wait: true });
        await client.works('c1').delete('mine', { wait: true });
      }
      if (change.kind !== 'status') break;
    }
    expect(seen.at(-1)).toBe('deleted mine');
    expect(seen.filter((text) => text.endsWith('other'))).toEqual([]);
  });

  it.each<[WatchWorksOptions]>([[{ resource: '' }], [{ condition: 'Available AND' }], [{ selector: '=' }]])(
    'refuses %j before anything is sent',
    async (options) => {
      const { client, standIn } = await world();
      expect(() => client.watch(options)).toThrow(MaestroError);
      expect(standIn.subscriptions()).toBe(0);
    },
  );
});

describe('the state of a client', () => {
  it('follows its streams, and can be listened to', async () => {
    const { client, standIn } = await world();
    const told: string[] = [];
    client.onState((state) => told.push(state));
    const left = client.onState(() => told.push('left'));
    left();
    expect(client.state).toBe('idle');
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _change of client.watch({ signal: stop.signal })) expect(client.state).not.toBe('idle');
    })();
    await expect.poll(() => client.state).toBe('live');
    standIn.setFault({ kind: 'refuse', channel: 'grpc' });
    await expect.poll(() => told).toContain('waiting');
    standIn.clearFaults();
    await expect.poll(() => client.state, { timeout: 10_000 }).toBe('live');
    stop.abort(new MaestroError('interrupted', 'enough'));
    await expect(watching).rejects.toThrow('enough');
    expect(client.state).toBe('idle');
    await client.close();
    expect(client.state).toBe('closed');
    expect(told.slice(0, 4)).toEqual(['connecting', 'catching-up', 'live', 'waiting']);
    expect(told.slice(-2)).toEqual(['idle', 'closed']);
    expect(told).not.toContain('left');
  });
});

describe('a wait by the stream', () => {
  it('ends with the report, polls without a stream, and leaves none open', async () => {
    const { client, standIn } = await world({ agents: { c2: { delayMs: 500 } } });
    await client.works('c2').apply(work('slow'));
    const waiting = client.works('c2').wait('slow', 'Available', { via: 'stream' });
    await expect.poll(() => standIn.subscriptions()).toBe(1);
    expect((await waiting)?.id).toBe(bundleId('library', 'c2', 'slow'));
    await expect.poll(() => standIn.subscriptions()).toBe(0);
    expect(client.state).toBe('idle');
    standIn.setFault({ kind: 'refuse', channel: 'grpc' });
    expect(await client.works('c2').wait('slow', 'Available', { via: 'stream' })).toBeDefined();
  });

  it('is open beside the write that it belongs to, of an apply as of a delete', async () => {
    const { client, standIn } = await world({ agents: { c2: { delayMs: 300, deleteDelayMs: 300 } } });
    const applying = client.works('c2').apply(work('slow'), { wait: 'Applied', via: 'stream' });
    await expect.poll(() => standIn.subscriptions()).toBe(1);
    expect(await applying).toMatchObject({ operation: 'created', bundle: { consumerName: 'c2' } });
    await expect.poll(() => standIn.subscriptions()).toBe(0);
    const deleting = client.works('c2').delete('slow', { wait: true, via: 'stream' });
    await expect.poll(() => standIn.subscriptions()).toBe(1);
    expect(await deleting).toBe('removed');
    await expect.poll(() => standIn.subscriptions()).toBe(0);
    expect(await client.works('c2').delete('slow', { via: 'stream' })).toBe('absent');
    await client.works('c2').apply(work('quick'), { via: 'stream' });
    expect(standIn.subscriptions()).toBe(0);
  });
});

describe('the manager of a write', () => {
  it('is the one that the call names, else that of the client', async () => {
    const { client } = await world();
    const works = client.works('c1');
    await works.apply(work('shared', [{ kind: 'ConfigMap', name: 'mine' }]));
    await works.apply(work('shared', [{ kind: 'ConfigMap', name: 'theirs' }]), { manager: 'other', merge: true });
    expect(
      (await works.get('shared')).manifests.map((manifest) => (manifest['metadata'] as { name: string }).name).sort(),
    ).toEqual(['mine', 'theirs']);
    await expect(works.apply(work('shared', [{ kind: 'ConfigMap', name: 'mine' }]))).rejects.toMatchObject({
      code: 'ownership',
      message: expect.stringContaining('other') as unknown,
    });
  });
});

describe('what a program gets wrong or ends itself is no bug of ours', () => {
  it('tells a wait that its own signal ended as interrupted, with its reason', async () => {
    const { client } = await world({ agents: { c2: { online: false } } });
    await client.works('c2').apply(work('never'));
    const waiting = client.works('c2').wait('never', 'Applied', { signal: AbortSignal.timeout(100) });
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted', cause: { name: 'TimeoutError' } });
  });

  it('refuses a document in place of a work', async () => {
    const { client } = await world();
    const document: unknown = {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'w' },
      spec: {},
    };
    await expect(client.works('c1').apply(document as Work)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('needs its name') as unknown,
    });
  });
});

describe('closing', () => {
  it('leaves no socket, timer or stream behind, however many watches and waits were open', async () => {
    const { standIn } = await world();
    const held = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'TCPConnectWrap').length;
    const before = held();
    const sleeping = new Set<symbol>();
    const { systemClock } = await import('../../src/clock.ts');
    const clock: typeof systemClock = {
      ...systemClock,
      sleep: async (ms, signal) => {
        const sleeper = Symbol('sleeper');
        sleeping.add(sleeper);
        await systemClock.sleep(ms, signal).finally(() => sleeping.delete(sleeper));
      },
    };
    const client = await createMaestroClient({
      grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
      httpEndpoint: standIn.httpEndpoint,
      source: 'closing',
      clock,
    });
    await client.works('c1').apply(work('one'), { wait: 'Available' });
    const endings = [
      ...Array.from({ length: 5 }, async () => {
        for await (const _change of client.watch()) expect(_change.name).toBe('one');
      }),
      ...Array.from({ length: 5 }, async () => client.works('c1').wait('never', 'Applied', { via: 'stream' })),
      client.works('c1').wait('never', 'Applied'),
    ].map(async (ending) =>
      ending.then(
        () => 'ended',
        (error: unknown) => (error instanceof MaestroError ? error.code : String(error)),
      ),
    );
    // A watch whose reader has stopped asking.
    const forgotten = client.watch()[Symbol.asyncIterator]();
    await forgotten.next();
    await expect.poll(() => standIn.subscriptions()).toBe(11);
    await client.close();
    expect(await Promise.all(endings)).toEqual(Array.from({ length: 11 }, () => 'interrupted'));
    await expect.poll(() => sleeping.size).toBe(0);
    await expect.poll(() => standIn.subscriptions()).toBe(0);
    await expect.poll(() => held(), { timeout: 5_000 }).toBeLessThanOrEqual(before);
    expect(client.state).toBe('closed');
    await expect(client.works('c1').get('one')).rejects.toMatchObject({ code: 'interrupted' });
  });
});
