import { describe, expect, test } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { systemClock } from '../../../src/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import {
  ApplicationWitness,
  classicReports,
  eventually,
  findBinaries,
  fleetNamespace,
  kinds,
  startRig,
} from './index.ts';
import type { KubeObject, Rig } from './index.ts';
import { keepRig } from './keep-rig.ts';

/** Such as `60x50`, to measure with; a small one shows the same. */
const measured = process.env['MAESTRO_CLI_RIG_FLEET'];
const [clusters = 0, applications = 0] = (measured ?? '4x5').split('x').map(Number);
const fleet = { clusters, applications };
const total = fleet.clusters * fleet.applications;
const source = 'fleet';
const boundMs = 60_000;

describe.skipIf('missing' in findBinaries())('a fleet', { timeout: 300_000 }, () => {
  let rig: Rig;
  let witness: ApplicationWitness;
  keepRig(
    async () => {
      rig = await startRig({ clusters: [], fleet });
      if (measured !== undefined) console.log(`fleet of ${measured}: started in ms: ${JSON.stringify(rig.startMs)}`);
      witness = await ApplicationWitness.start(rig.fleet);
    },
    async () => {
      await witness?.stop();
      await rig?.stop();
    },
  );

  const works = async (): Promise<KubeObject[]> => (await rig.hub.admin.list(kinds.manifestWorks)).items;

  test('stands as after a long time in the classic model, and its agents find nothing to write', async () => {
    const before = await works();
    expect(before).toHaveLength(total);
    await eventually(() => expect(witness.size).toBe(total));
    for (const report of classicReports(before)) {
      const all = String(fleet.clusters);
      expect(report['statuses']).toMatchObject({ summary: { clusters: all, healthy: all, synced: all } });
    }
    // Both agents have been through everything once.
    for (const spoke of rig.fleet) {
      spoke.classicAgent.resync();
      spoke.argo.touch(fleetNamespace, `${spoke.name}-set-01`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await works()).map(({ metadata }) => metadata.resourceVersion)).toEqual(
      before.map(({ metadata }) => metadata.resourceVersion),
    );
    expect(witness.complaints()).toEqual([]);
  });

  test('every application changes its owner without ever being without one', async () => {
    const startMs = performance.now();
    const step = (what: string): void => {
      if (measured !== undefined) console.log(`${what}: ${String(Math.round(performance.now() - startMs))} ms`);
    };
    const [host = '', port = ''] = rig.standIn.grpcEndpoint.split(':');
    const maestro = await connectMaestro(
      {
        grpcEndpoint: { host, port: Number(port), plaintext: true },
        httpEndpoint: rig.standIn.httpEndpoint,
        insecureSkipVerify: false,
        grpcTls: {},
        httpTls: {},
        allowPlaintextToken: false,
        proxy: {},
      },
      { clock: systemClock, random: Math.random },
    );
    const all = await works();
    await inParallel(all, 16, async (work) => {
      const { manifestConfigs, workload } = work['spec'] as {
        manifestConfigs: JsonObject[];
        workload: { manifests: JsonObject[] };
      };
      const consumer = work.metadata.namespace ?? '';
      const name = work.metadata.name;
      const target = { id: bundleId(source, consumer, name), consumer, source };
      const made = { name, labels: {}, annotations: {}, manifests: workload.manifests.slice(-1), manifestConfigs };
      const budget = { signal: AbortSignal.timeout(60_000), deadlineMs: systemClock.monotonicMs() + 60_000 };
      await maestro.writer.publish({ kind: 'create', target, work: made }, budget);
    });
    step('published');
    const owners = (spoke: Rig['fleet'][number], name: string): number =>
      (
        (spoke.memory.get(kinds.applications, { namespace: fleetNamespace, name })?.metadata['ownerReferences'] ??
          []) as JsonObject[]
      ).length;
    const apps = (spoke: Rig['fleet'][number]): string[] =>
      spoke.memory.list(kinds.applications, fleetNamespace).map(({ metadata }) => metadata.name);
    const ownersAre = async (count: number): Promise<void> =>
      eventually(() => {
        for (const spoke of rig.fleet) expect(apps(spoke).filter((name) => owners(spoke, name) !== count)).toEqual([]);
      }, boundMs);
    await ownersAre(2);
    step('owned by both');
    await inParallel(all, 16, async ({ metadata }) => {
      await rig.hub.admin.jsonPatch(kinds.manifestWorks, metadata, [
        { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
        { op: 'replace', path: '/spec/manifestConfigs/0/updateStrategy', value: { type: 'CreateOnly' } },
        { op: 'replace', path: '/spec/deleteOption', value: { propagationPolicy: 'Orphan' } },
      ]);
    });
    step('orphaned');
    await ownersAre(1);
    await eventually(async () => {
      for (const work of await works())
        expect(work['status']).toMatchObject({ conditions: [{ type: 'Applied', observedGeneration: 2 }, {}] });
    }, boundMs);
    step('applied');
    await inParallel(await works(), 16, async ({ metadata: { namespace = '', name, uid, resourceVersion } }) => {
      await rig.hub.admin.delete(kinds.manifestWorks, { namespace, name }, { uid, resourceVersion });
    });
    step('deleted');
    await eventually(async () => expect(await works()).toEqual([]), boundMs);
    step('gone');
    await maestro.close();
    await ownersAre(1);
    expect(witness.size).toBe(total);
    expect(witness.complaints()).toEqual([]);
  });
});

async function inParallel<T>(items: readonly T[], width: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: width }, work));
}
