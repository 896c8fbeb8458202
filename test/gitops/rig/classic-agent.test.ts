import { expect, test, describe } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { classicWork, eventually, findBinaries, kinds, specHashAnnotation, startRig, workFinalizer } from './index.ts';
import type { KubeObject, Rig } from './index.ts';
import { keepRig } from './keep-rig.ts';

const namespace = 'openshift-gitops';

describe.skipIf('missing' in findBinaries())('the agent of a klusterlet', { timeout: 60_000 }, () => {
  let rig: Rig;
  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'] });
    },
    () => rig.stop(),
  );

  async function deliver(name: string, change: (work: JsonObject) => JsonObject = (work) => work): Promise<KubeObject> {
    const app = await rig.hub.admin.create(kinds.applications, hubApplication(name));
    return rig.hub.admin.create(kinds.manifestWorks, change(classicWork(app)));
  }

  const work = (ref: KubeObject): Promise<KubeObject | undefined> =>
    rig.hub.admin.get(kinds.manifestWorks, ref.metadata);
  const app = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);

  test('puts an application on the cluster under a finalizer, as its owner, and reports five scalars', async () => {
    const made = await deliver('whole');
    await eventually(async () => {
      const status = (await work(made))?.['status'];
      expect(status).toMatchObject({
        conditions: [
          { type: 'Applied', status: 'True', observedGeneration: 1 },
          { type: 'Available', status: 'True', observedGeneration: 1 },
        ],
        resourceStatus: {
          manifests: [
            { resourceMeta: { kind: 'Namespace', name: namespace } },
            {
              resourceMeta: { kind: 'Application', name: 'whole' },
              statusFeedback: {
                values: [
                  { name: 'healthStatus', fieldValue: { type: 'String', string: 'Healthy' } },
                  { name: 'syncStatus', fieldValue: { type: 'String', string: 'Synced' } },
                  { name: 'operationStateStartedAt' },
                  { name: 'operationStatePhase', fieldValue: { string: 'Succeeded' } },
                  { name: 'syncRevision' },
                ],
              },
            },
          ],
        },
      });
    });
    expect((await work(made))?.metadata.finalizers).toEqual([workFinalizer]);
    const applied = await app('whole');
    expect(applied?.metadata['ownerReferences']).toMatchObject([
      {
        apiVersion: 'work.open-cluster-management.io/v1',
        kind: 'AppliedManifestWork',
        name: expect.stringMatching(new RegExp(`^[0-9a-f]{64}-${made.metadata.name}$`)) as string,
      },
    ]);
    expect(applied?.metadata.annotations?.[specHashAnnotation]).toMatch(/^[0-9a-f]{32}$/);
    const managers = applied?.metadata['managedFields'] as readonly { manager: string; operation: string }[];
    expect(managers.some(({ manager, operation }) => manager === 'work-agent' && operation === 'Apply')).toBe(true);
  });

  test('deletes the application with its only work, and its workload goes along', async () => {
    const made = await deliver('leaving');
    await eventually(() => expect(rig.spoke('c1').workload('leaving', 'leaving')).toBeDefined());
    await rig.hub.admin.delete(kinds.manifestWorks, made.metadata, { uid: made.metadata.uid });
    await eventually(async () => expect(await work(made)).toBeUndefined());
    expect(await app('leaving')).toBeUndefined();
    expect(rig.spoke('c1').workload('leaving', 'leaving')).toBeUndefined();
  });
});

function hubApplication(name: string): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
      annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': 'c1' },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: 'default',
      destination: { server: 'https://c1.example.com', namespace: name },
      source: { repoURL: 'https://git.example.com/apps.git', path: `apps/${name}`, targetRevision: 'HEAD' },
      syncPolicy: { automated: {} },
    },
  };
}
