import { describe, expect, test } from 'vitest';
import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  ClassicController,
  classicConfigMap,
  classicDeployment,
  classicReports,
  eventually,
  findBinaries,
  kinds,
  multiClusterHub,
  pathOf,
  setDecision,
  specHashAnnotation,
  startRig,
  workFinalizer,
} from './index.ts';
import type { KubeClient, KubeObject, Ref, Rig } from './index.ts';
import { keepRig } from './keep-rig.ts';

const namespace = 'openshift-gitops';
const pause = 'installer.open-cluster-management.io/pause';

describe.skipIf('missing' in findBinaries())('the classic pull model', { timeout: 60_000 }, () => {
  let rig: Rig;
  let classic: ClassicController;
  /** Through the front, as whoever administers the hub. */
  let user: KubeClient;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'] });
      classic = await ClassicController.start({ hub: rig.hub, aggregationMs: 100 });
      user = rig.hub.client('kubectl');
    },
    async () => {
      await classic.stop();
      await rig.stop();
    },
  );

  async function workOf(name: string): Promise<KubeObject | undefined> {
    const { items } = await rig.hub.admin.list(kinds.manifestWorks, { namespace: 'c1' });
    return items.find(
      ({ metadata }) => metadata.annotations?.['apps.open-cluster-management.io/hub-application-name'] === name,
    );
  }

  async function madeWork(name: string): Promise<KubeObject> {
    return eventually(async () => {
      const work = await workOf(name);
      expect(work).toBeDefined();
      return work as KubeObject;
    });
  }

  function manifestsOf(work: KubeObject): readonly KubeObject[] {
    return ((work['spec'] as JsonObject)['workload'] as JsonObject)['manifests'] as readonly KubeObject[];
  }

  async function scale(replicas: number): Promise<void> {
    await user.mergePatch(kinds.deployments, classicDeployment, { spec: { replicas } });
  }

  async function setPause(annotations: JsonObject): Promise<void> {
    await user.mergePatch(kinds.multiClusterHubs, multiClusterHub, { metadata: { annotations } });
  }

  test('makes a work of an application that holds its Namespace and itself, and the cluster runs it', async () => {
    const app = await create('plain', {});
    const work = await madeWork('plain');
    expect(work.metadata).toMatchObject({
      name: `plain-${app.metadata.uid.slice(0, 5)}`,
      namespace: 'c1',
      labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
    });
    const [space, application, ...more] = manifestsOf(work);
    expect(more).toEqual([]);
    expect(space).toMatchObject({ kind: 'Namespace', metadata: { name: namespace } });
    expect(application).toMatchObject({
      kind: 'Application',
      spec: { destination: { server: 'https://kubernetes.default.svc', name: '', namespace: 'plain' } },
    });
    expect(application?.metadata.annotations).toEqual({
      note: 'kept',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    });
    expect(work['spec']).toMatchObject({
      deleteOption: {
        propagationPolicy: 'SelectivelyOrphan',
        selectivelyOrphans: { orphaningRules: [{ group: '', resource: 'namespaces', namespace: '', name: namespace }] },
      },
    });
    await eventually(() => expect(rig.spoke('c1').workload('plain', 'plain')).toBeDefined());
  });

  test('its agent puts the application on the cluster under a finalizer, as its owner, and reports five scalars', async () => {
    await create('whole', {});
    const made = await madeWork('whole');
    await eventually(async () => {
      const status = (await workOf('whole'))?.['status'];
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
    expect((await workOf('whole'))?.metadata.finalizers).toEqual([workFinalizer]);
    const applied = await rig.spokeApp('c1', namespace, 'whole');
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

  test('fills in a target namespace that is empty, and leaves one out that is absent', async () => {
    await create('empty', { destination: { namespace: '' } });
    await create('absent', { destination: {} });
    const destination = async (name: string): Promise<unknown> =>
      (manifestsOf(await madeWork(name)).at(-1)?.['spec'] as JsonObject)['destination'];
    expect(await destination('empty')).toMatchObject({ namespace });
    expect(await destination('absent')).not.toHaveProperty('namespace');
  });

  test('delivers the project of an application, and leaves both project and Namespace behind', async () => {
    await rig.hub.admin.create(kinds.appProjects, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { namespace, name: 'team' },
      spec: { sourceRepos: ['*'] },
    });
    await create('in-project', { project: 'team' });
    const work = await madeWork('in-project');
    expect(manifestsOf(work).map(({ kind }) => kind)).toEqual(['Namespace', 'AppProject', 'Application']);
    const { admin } = rig.spoke('c1');
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, 'in-project')).toBeDefined());
    const project = await admin.get(kinds.appProjects, { namespace, name: 'team' });
    expect(project).toBeDefined();
    expect(project?.metadata['ownerReferences']).toBeUndefined();
    await rig.hub.admin.delete(kinds.applications, { namespace, name: 'in-project' });
    await eventually(async () => expect(await rig.hubApp(`${namespace}/in-project`)).toBeUndefined());
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, 'in-project')).toBeUndefined());
    expect(await admin.get(kinds.appProjects, { namespace, name: 'team' })).toBeDefined();
  });

  test('takes an operation off the hub as soon as it is in the work', async () => {
    await create('operated', {}, { operation: { sync: { revision: 'main' } } });
    await eventually(async () => expect((await rig.hubApp(`${namespace}/operated`))?.['operation']).toBeUndefined());
    const phase = async (): Promise<unknown> =>
      ((await rig.spokeApp('c1', namespace, 'operated'))?.['status'] as JsonObject | undefined)?.['operationState'];
    // It was begun on the cluster. Whether it ends there before the work without it takes it away is a race, as in the
    // real model.
    await eventually(async () => expect(await phase()).toMatchObject({ operation: { sync: { revision: 'main' } } }));
  });

  test('reports a set by five scalars of each cluster, and copies them to its applications', async () => {
    await setDecision(rig.hub, namespace, 'all', ['c1']);
    await rig.hub.admin.create(kinds.applicationSets, applicationSet('guestbook'));
    const report = await eventually(async () => {
      const found = await rig.hub.admin.get(kinds.setReports, { namespace, name: 'guestbook' });
      expect(found?.['statuses']).toMatchObject({
        summary: { healthy: '1', synced: '1', clusters: '1', inProgress: '0' },
      });
      return found as KubeObject;
    });
    const { items } = await rig.hub.admin.list(kinds.manifestWorks);
    expect(classicReports(items)).toMatchObject([{ metadata: { name: 'guestbook' }, statuses: report['statuses'] }]);
    await eventually(async () => {
      expect((await rig.hubApp(`${namespace}/c1-guestbook`))?.['status']).toMatchObject({
        health: { status: 'Healthy' },
        sync: { status: 'Synced' },
        operationState: { phase: 'Succeeded', operation: {} },
        conditions: [{ type: 'AdditionalStatusReport' }],
      });
    });
    await rig.hub.admin.delete(kinds.applicationSets, { namespace, name: 'guestbook' });
    await eventually(async () => expect(await rig.spokeApp('c1', namespace, 'c1-guestbook')).toBeUndefined());
  });

  test.each([[pause], ['mch-pause']])('stays scaled down only while %s pauses the operator', async (key) => {
    await scale(0);
    await eventually(() => expect(classic.running).toBe(true));
    await setPause({ [key]: 'true' });
    await scale(0);
    await eventually(() => expect(classic.running).toBe(false));
    const before = await user.get(kinds.deployments, classicDeployment);
    expect(before).toMatchObject({ spec: { replicas: 0 } });
    await create(`while-${key.length}`, {});
    // Several rounds of the operator and of the controller.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await workOf(`while-${key.length}`)).toBeUndefined();
    expect(await user.get(kinds.deployments, classicDeployment)).toEqual(before);
    await setPause({ [key]: null });
    await madeWork(`while-${key.length}`);
  });

  test('makes every work again that is missing when it is started again', async () => {
    await create('revived', {});
    const first = await madeWork('revived');
    await setPause({ [pause]: 'true' });
    await scale(0);
    await eventually(() => expect(classic.running).toBe(false));
    await rig.hub.admin.delete(kinds.manifestWorks, first.metadata);
    await eventually(async () => expect(await workOf('revived')).toBeUndefined());
    await setPause({ [pause]: null });
    expect((await madeWork('revived')).metadata.uid).not.toBe(first.metadata.uid);
  });

  test('switched off it turns its works to ReadOnly when it starts, and makes no more', async () => {
    await create('swept', {});
    await madeWork('swept');
    rig.hub.front.memory.put(kinds.configMaps, {
      metadata: classicConfigMap as JsonObject & Ref,
      data: { 'config.yaml': 'pullModel:\n  basic:\n    disabled: true\n' },
    });
    await setPause({ [pause]: 'true' });
    await scale(0);
    await eventually(() => expect(classic.running).toBe(false));
    await setPause({ [pause]: null });
    await eventually(async () =>
      expect((await workOf('swept'))?.['spec']).toMatchObject({
        manifestConfigs: [{ updateStrategy: { type: 'ReadOnly' } }],
      }),
    );
    await create('unmade', {});
    await eventually(() => expect(classic.hasLookedAt(`${namespace}/unmade`)).toBe(true));
    expect(await workOf('unmade')).toBeUndefined();
    rig.hub.front.memory.delete(kinds.configMaps, classicConfigMap);
  });

  test('the API answers reviews of rights, patches by JSON Patch and deletes only what is meant', async () => {
    const review = async (verb: string): Promise<unknown> =>
      (
        await user.send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { group: 'apps', resource: 'deployments', verb } },
        })
      ).body['status'];
    rig.hub.front.setRights((_, { verb }) => verb === 'get');
    expect(await review('get')).toEqual({ allowed: true });
    expect(await review('patch')).toMatchObject({ allowed: false });
    rig.hub.front.setRights(() => true);
    const ref = { namespace: 'open-cluster-management', name: 'note' };
    const made = await user.create(kinds.configMaps, { metadata: ref, data: { a: '1' } });
    const path = '/metadata/resourceVersion';
    const stale = [
      { op: 'test', path, value: '1' },
      { op: 'add', path: '/data/b', value: '2' },
    ];
    await expect(user.jsonPatch(kinds.configMaps, ref, stale)).rejects.toMatchObject({ status: 422 });
    const fresh = [
      { op: 'test', path, value: made.metadata.resourceVersion },
      { op: 'add', path: '/data/b', value: '2' },
    ];
    expect(await user.jsonPatch(kinds.configMaps, ref, fresh)).toMatchObject({ data: { a: '1', b: '2' } });
    const { uid, resourceVersion } = made.metadata;
    await expect(user.delete(kinds.configMaps, ref, { uid, resourceVersion })).rejects.toMatchObject({ status: 409 });
    await expect(user.delete(kinds.configMaps, ref, { uid: 'another' })).rejects.toMatchObject({ status: 409 });
    expect(await user.delete(kinds.configMaps, ref, { uid })).toBe(true);
    expect((await user.send('GET', pathOf(kinds.configMaps, ref))).status).toBe(404);
  });

  async function create(name: string, spec: JsonObject, more: JsonObject = {}): Promise<KubeObject> {
    const { destination = { namespace: name }, ...rest } = spec;
    return rig.hub.admin.create(kinds.applications, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {
        name,
        namespace,
        labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
        annotations: {
          'apps.open-cluster-management.io/ocm-managed-cluster': 'c1',
          'argocd.argoproj.io/skip-reconcile': 'true',
          note: 'kept',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: {
        project: 'default',
        source: { repoURL: 'https://git.example.com/apps.git', path: `apps/${name}`, targetRevision: 'HEAD' },
        syncPolicy: { automated: {} },
        ...rest,
        destination: { name: 'c1', ...(isJsonObject(destination) ? destination : {}) },
      },
      ...more,
    });
  }
});

function applicationSet(name: string): JsonObject {
  const labelSelector = { matchLabels: { 'cluster.open-cluster-management.io/placement': 'all' } };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { namespace, name },
    spec: {
      generators: [{ clusterDecisionResource: { configMapRef: 'acm-placement', labelSelector } }],
      template: {
        metadata: {
          name: `{{name}}-${name}`,
          labels: { 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster': 'true' },
          annotations: { 'apps.open-cluster-management.io/ocm-managed-cluster': '{{name}}' },
        },
        spec: {
          project: 'default',
          destination: { server: '{{server}}', namespace: name },
          source: { repoURL: 'https://git.example.com/apps.git', path: name, targetRevision: 'HEAD' },
          syncPolicy: { automated: {} },
        },
      },
    },
  };
}
