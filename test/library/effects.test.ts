import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  readDocuments,
  readWorks,
  workDocument,
  workFromBundle,
  type JsonObject,
  type ManifestWork,
  type MaestroClient,
} from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';

let standIn: StandIn;
let client: MaestroClient;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 1 } });
  client = await createMaestroClient({
    grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
    httpEndpoint: standIn.httpEndpoint,
    source: 'adapter',
  });
});
afterAll(async () => {
  await client.close();
  await standIn.close();
});

const configMap = (name: string, value = 'one'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});
const workOf = (name: string, ...manifests: readonly JsonObject[]): ManifestWork => ({
  name,
  labels: {},
  annotations: {},
  manifests,
  manifestConfigs: [],
});
const namesIn = async (name: string): Promise<readonly unknown[]> =>
  (await client.works('c1').get(name)).manifests.map((manifest) => (manifest['metadata'] as JsonObject)['name']);

describe('a write of the library', () => {
  it('tells what it removed, what others lost and what other works hold too', async () => {
    const works = client.works('c1');
    await works.apply(workOf('told', configMap('t1'), configMap('t2')), { manager: 'nodepool' });
    const mine = await works.apply(workOf('told', configMap('t1'), configMap('t3')), { manager: 'idp', force: true });
    expect(mine).toMatchObject({
      operation: 'updated',
      removed: [{ name: 't2', manager: 'nodepool' }],
      losses: [{ what: 'ConfigMap/default/t2', how: 'removed' }],
      sharedWith: [],
    });
    const other = await works.apply(workOf('other', configMap('t1')), { wait: 'Applied' });
    expect(other).toMatchObject({
      operation: 'created',
      removed: [],
      losses: [],
      sharedWith: [{ name: 't1', work: 'told' }],
    });
  });

  it('is refused when it would remove, and must not; one of many too', async () => {
    const works = client.works('c1');
    await works.apply(workOf('kept', configMap('k1'), configMap('k2')));
    await expect(works.apply(workOf('kept', configMap('k1')), { noRemove: true })).rejects.toMatchObject({
      code: 'ownership',
      reason: 'WouldRemove',
    });
    const outcomes: unknown[] = [];
    const tasks = ['c1', 'c2'].map((consumer) => ({
      op: 'apply' as const,
      consumer,
      work: workOf('kept', configMap('k1')),
    }));
    const progress = await client.applyMany(tasks, {
      noRemove: true,
      onOutcome: ({ outcome }) => outcomes.push([outcome.consumer, outcome.reason]),
    });
    expect(progress).toMatchObject({ created: 1, failed: 1 });
    expect(outcomes).toEqual(
      expect.arrayContaining([
        ['c1', 'WouldRemove'],
        ['c2', 'Accepted'],
      ]),
    );
    expect(await namesIn('kept')).toEqual(['k1', 'k2']);
  });

  it('that adds keeps all that is there, whoever adds at the same moment', async () => {
    const works = client.works('c1');
    await Promise.all(
      ['a1', 'a2', 'a3'].map((name) =>
        works.apply(workOf('added', configMap(name)), { add: true, conflictRetries: 5 }),
      ),
    );
    expect([...(await namesIn('added'))].sort()).toEqual(['a1', 'a2', 'a3']);
    const again = await works.apply(workOf('added', configMap('a2', 'two')), { add: true });
    expect(again).toMatchObject({ operation: 'updated', removed: [] });
    expect(await namesIn('added')).toHaveLength(3);
  });

  it('waits, when it merges, for what others hold in the work as well', async () => {
    const works = client.works('c1');
    await works.apply(workOf('awaited', configMap('w1')), { manager: 'nodepool' });
    const options = { merge: true, wait: 'all ConfigMap/default/w1:Applied AND ConfigMap/default/w2:Applied' };
    expect(await works.apply(workOf('awaited', configMap('w2')), options)).toMatchObject({
      operation: 'updated',
      version: 2,
    });
    await expect(
      works.apply(workOf('awaited', configMap('w3')), { merge: true, wait: 'ConfigMap/default/w9:Applied' }),
    ).rejects.toMatchObject({ code: 'usage' });
    expect(await namesIn('awaited')).toEqual(['w1', 'w2']);
  });

  it('is pinned by ifVersion, and by nothing that a work made of a bundle or a document says by itself', async () => {
    const works = client.works('c1');
    await works.apply(workOf('pinned', configMap('p1')));
    const read = await works.get('pinned');
    await works.apply(workOf('pinned', configMap('p1'), configMap('p2')));
    const changed = { ...workFromBundle(read), manifests: [configMap('p1', 'two')] };
    await expect(works.apply(changed, { ifVersion: read.version })).rejects.toMatchObject({
      code: 'conflict',
      latestVersion: 2,
    });
    const text = JSON.stringify({ ...workDocument(changed), metadata: { name: 'pinned', resourceVersion: '1' } });
    const [input] = readWorks(readDocuments(text, 'work.json')).works;
    expect(input?.readAt).toBe(1);
    await expect(works.apply(changed, { ifVersion: input?.readAt ?? 0 })).rejects.toMatchObject({ code: 'conflict' });
    expect(await works.apply(changed)).toMatchObject({ operation: 'updated', version: 3, removed: [{ name: 'p2' }] });
  });
});
