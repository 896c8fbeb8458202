import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type {
  BundleFilter,
  CallOptions,
  StatusSubscriber,
  WorkReader,
  WorkTarget,
  WorkWriter,
} from '../../src/clients/index.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { workFromBundle } from '../../src/core/works/document.ts';
import type { ManifestWork } from '../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../src/errors.ts';
import { systemClock } from '../../src/clock.ts';

/** A Maestro as our clients meet it. */
export interface Clients {
  readonly reader: WorkReader;
  readonly writer: WorkWriter;
  readonly subscriber: StatusSubscriber;
  /** The consumer whose agent answers; "" when there is none. */
  readonly agentConsumer: string;
  /** Removes the consumer of a run with its works, and closes all. */
  readonly end: (consumerId: string) => Promise<void>;
}

/** Our own clients through the operations of the recordings, on whatever Maestro they are of. */
export function clientsSuite({ reader, writer, subscriber, agentConsumer, end }: Clients): void {
  const run = randomBytes(4).toString('hex');
  const consumer = `conf-clients-${run}`;
  const source = `conformance-${run}`;
  let consumerId = '';

  beforeAll(async () => {
    consumerId = (await reader.createConsumer(consumer, { region: 'here' }, within())).id;
  });

  afterAll(async () => {
    await end(consumerId);
  });

  describe('works through our clients', () => {
    const work = manifestWork('demo', { hello: 'world' });
    const address = addressOf('demo');

    it('has none before the create', async () => {
      expect(await reader.getBundle(address.id, within())).toBeUndefined();
    });

    it('creates at version 1 and reads back what it sent', async () => {
      await writer.publish({ kind: 'create', target: address, work }, within());
      const bundle = await read(address.id);
      expect(bundle).toMatchObject({ version: 1, consumerName: consumer, id: address.id });
      expect(workFromBundle(bundle)).toEqual({ ...work, namespace: consumer });
    });

    it('is told about a second create', async () => {
      await expect(writer.publish({ kind: 'create', target: address, work }, within())).rejects.toMatchObject({
        code: 'conflict',
        delivery: 'refused',
      });
    });

    it('updates at the stored version and at 0', async () => {
      await writer.publish(
        { kind: 'update', target: address, work: manifestWork('demo', { hello: 'you' }), version: 1 },
        within(),
      );
      await writer.publish(
        { kind: 'update', target: address, work: manifestWork('demo', { hello: 'all' }), version: 0 },
        within(),
      );
      expect((await read(address.id)).version).toBe(3);
    });

    it('has a trace accepted with writes and reads, which becomes no part of the work', async () => {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const trace = { traceId, spanId: '00f067aa0ba902b7', traceFlags: '01', traceState: 'rojo=1,congo=t61rc' };
      const target = addressOf('traced');
      await writer.publish({ kind: 'create', target, work: manifestWork('traced', {}) }, { ...within(), trace });
      const bundle = await reader.getBundle(target.id, { ...within(), trace });
      expect(bundle?.version).toBe(1);
      expect(JSON.stringify(bundle)).not.toContain(traceId);
    });

    it('is told the latest version when its own is stale', async () => {
      await expect(
        writer.publish({ kind: 'update', target: address, work, version: 1 }, within()),
      ).rejects.toMatchObject({
        code: 'conflict',
        latestVersion: 3,
        delivery: 'refused',
      });
    });

    it('is told that an id is unknown', async () => {
      await expect(
        writer.publish(
          { kind: 'update', target: addressOf('nowhere'), work: manifestWork('nowhere', {}), version: 0 },
          within(),
        ),
      ).rejects.toMatchObject({ code: 'not-found', delivery: 'refused' });
    });

    it('is told that a consumer is unknown', async () => {
      const elsewhere: WorkTarget = {
        ...addressOf('demo'),
        id: bundleId(source, `nope-${run}`, 'demo'),
        consumer: `nope-${run}`,
      };
      await expect(writer.publish({ kind: 'create', target: elsewhere, work }, within())).rejects.toMatchObject({
        code: 'not-found',
        reason: 'ConsumerNotFound',
      });
    });

    it('is told what is wrong with a manifest', async () => {
      const broken: ManifestWork = {
        ...manifestWork('broken', {}),
        manifests: [{ apiVersion: 'v1', metadata: { name: 'a' } }],
      };
      await expect(
        writer.publish({ kind: 'create', target: addressOf('broken'), work: broken }, within()),
      ).rejects.toMatchObject({
        code: 'invalid-input',
        delivery: 'refused',
      });
    });

    it('is told that a work is too large', async () => {
      const large = manifestWork('large', { big: 'x'.repeat(4_500_000) });
      await expect(
        writer.publish({ kind: 'create', target: addressOf('large'), work: large }, within()),
      ).rejects.toMatchObject({
        code: 'invalid-input',
        reason: 'TooLarge',
      });
    });

    it('sends integers beyond 2^53 digit by digit; the server keeps a double', async () => {
      const big: ManifestWork = {
        ...manifestWork('big', {}),
        manifests: [{ apiVersion: 'example.com/v1', kind: 'Big', metadata: { name: 'big' }, value: 9007199254740993n }],
      };
      await writer.publish({ kind: 'create', target: addressOf('big'), work: big }, within());
      const stored = (await read(addressOf('big').id)).manifests[0]?.['value'];
      expect(Number(stored)).toBe(9007199254740992);
    });

    it('deletes, again and again, and sees the deletion time', async () => {
      const request = { kind: 'delete', target: address, workName: 'demo', version: 3 } as const;
      await writer.publish(request, within());
      await writer.publish(request, within());
      expect((await read(address.id)).deletedAt).toMatch(/^\d{4}-/);
    });

    it('is told that a work is being deleted', async () => {
      await expect(
        writer.publish({ kind: 'update', target: address, work, version: 0 }, within()),
      ).rejects.toMatchObject({
        code: 'conflict',
        reason: 'BeingDeleted',
      });
    });
  });

  describe('searches through our clients', () => {
    const names = ['one', 'two', 'three'];
    const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'sa' } } };

    beforeAll(async () => {
      for (const name of names) {
        const work = { ...manifestWork(name, {}), labels: { adapter: name }, ...(name === 'two' ? { executor } : {}) };
        await writer.publish({ kind: 'create', target: addressOf(name), work }, within());
      }
    });

    const mine = { consumers: [consumer] };
    const idsOf = (...of: readonly string[]): readonly string[] => of.map((name) => addressOf(name).id);
    it.each([
      { what: 'consumer and name', where: () => ({ ...mine, names: ['two'] }), found: ['two'] },
      { what: 'source and label', where: () => ({ source, labels: { adapter: 'one' } }), found: ['one'] },
      { what: 'ids', where: () => ({ ids: idsOf('one', 'three') }), found: ['one', 'three'] },
      { what: 'an executor', where: () => ({ ids: idsOf('two'), executor: {} }), found: ['two'] },
      { what: 'that very executor', where: () => ({ ids: idsOf('two'), executor }), found: ['two'] },
      { what: 'no executor', where: () => ({ ids: idsOf('one'), executor: {} }), found: [] },
      { what: 'a quote', where: () => ({ ...mine, source: `it's '' \\ here` }), found: [] },
      { what: 'a quote in a name', where: () => ({ ...mine, names: [`it's here`] }), found: [] },
      { what: 'an arrow in a value', where: () => ({ ...mine, source: `a ->> 'b'` }), found: [] },
      { what: 'changes after a time', where: () => ({ ...mine, updatedAfter: '2100-01-01T00:00:00Z' }), found: [] },
      { what: 'none at all', where: () => ({ ids: [] }), found: [] },
    ] satisfies readonly { what: string; where: () => BundleFilter; found: string[] }[])(
      'by $what',
      async ({ where, found }) => {
        expect((await all(where())).map((bundle) => bundle.metadata['name']).sort()).toEqual([...found].sort());
      },
    );

    it('reads many by their ids, and one', async () => {
      const some = async (...of: readonly string[]): Promise<readonly unknown[]> => {
        const found: ResourceBundle[] = [];
        for await (const page of reader.getBundles(idsOf(...of), within())) found.push(...page);
        return found.map((bundle) => bundle.metadata['name']).sort();
      };
      expect(await some('one', 'nobody', 'three', 'one')).toEqual(['one', 'three']);
      expect(await some('two')).toEqual(['two']);
      expect(await some('nobody')).toEqual([]);
      expect(await some()).toEqual([]);
    });

    it('pages by key: pages of two hold every work once', async () => {
      const everything = await all(mine);
      const paged = await all(mine, 2);
      expect(everything.length).toBeGreaterThan(3);
      expect(paged.map((bundle) => bundle.id)).toEqual(everything.map((bundle) => bundle.id));
    });
  });

  describe('consumers through our clients', () => {
    it('finds, relabels, refuses and deletes', async () => {
      expect(await reader.findConsumer(consumer, within())).toMatchObject({
        id: consumerId,
        labels: { region: 'here' },
      });
      expect(await reader.findConsumer(`nope-${run}`, within())).toBeUndefined();
      const named: string[] = [];
      for await (const page of reader.listConsumers(
        { where: { names: [`nope-${run}`, consumer, "it's"] }, pageSize: 4 },
        within(),
      ))
        named.push(...page.map(({ name }) => name));
      expect(named).toEqual([consumer]);
      expect((await reader.updateConsumer(consumerId, { env: 'test' }, within())).labels).toEqual({ env: 'test' });
      await expect(reader.createConsumer(consumer, {}, within())).rejects.toMatchObject({ code: 'conflict' });
      await expect(reader.createConsumer('Bad_Name', {}, within())).rejects.toMatchObject({ code: 'invalid-input' });
      await expect(reader.deleteConsumer(consumerId, within())).rejects.toBeInstanceOf(MaestroError);
      const extra = await reader.createConsumer(`conf-extra-${run}`, {}, within());
      await reader.deleteConsumer(extra.id, within());
      expect(await reader.findConsumer(`conf-extra-${run}`, within())).toBeUndefined();
    });
  });

  describe.skipIf(agentConsumer === '')('the status stream through our clients (needs an agent)', () => {
    it('carries a work from applied to deleted', async () => {
      const address: WorkTarget = {
        id: bundleId(source, agentConsumer, `stream-${run}`),
        consumer: agentConsumer,
        source,
      };
      const work: ManifestWork = {
        ...manifestWork(`stream-${run}`, {}),
        manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `stream-${run}`, namespace: 'default' } }],
      };
      const seen: string[] = [];
      for await (const item of subscriber.subscribe({ source }, { signal: AbortSignal.timeout(25_000) })) {
        if (item.kind === 'ready') await writer.publish({ kind: 'create', target: address, work }, within());
        if (item.kind !== 'status' || item.id !== address.id) continue;
        const holds = (type: string): boolean =>
          item.status.conditions.some((at) => at.type === type && at.status === 'True');
        if (holds('Available') && !seen.includes('Available')) {
          seen.push('Available');
          expect(item).toMatchObject({ consumer: agentConsumer, version: 1 });
          expect(item.status.observedVersion).toBe(1);
          await writer.publish({ kind: 'delete', target: address, workName: work.name, version: 1 }, within());
        }
        if (holds('Deleted')) {
          seen.push('Deleted');
          break;
        }
      }
      expect(seen).toEqual(['Available', 'Deleted']);
    });
  });

  function addressOf(name: string): WorkTarget {
    return { id: bundleId(source, consumer, name), consumer, source };
  }

  function manifestWork(name: string, data: Readonly<Record<string, string>>): ManifestWork {
    return {
      name,
      labels: { suite: 'conformance' },
      annotations: { run },
      manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' }, data }],
      manifestConfigs: [],
    };
  }

  async function read(id: string): Promise<ResourceBundle> {
    const bundle = await reader.getBundle(id, within());
    if (bundle === undefined) throw new Error(`no bundle ${id}`);
    return bundle;
  }

  async function all(where: BundleFilter, pageSize?: number): Promise<readonly ResourceBundle[]> {
    const found: ResourceBundle[] = [];
    const query = { where, ...(pageSize === undefined ? {} : { pageSize }) };
    for await (const page of reader.listBundles(query, within())) found.push(...page);
    return found;
  }
}

function within(): CallOptions {
  return { signal: AbortSignal.timeout(20_000), deadlineMs: systemClock.monotonicMs() + 20_000 };
}
