import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { systemClock } from '../../../src/clock.ts';
import {
  classicDeployment,
  classicWork,
  eventually,
  kinds,
  multiClusterHub,
  setDecision,
  startRig,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import type { Kind, Ref } from '../rig/kube-client.ts';
import { cliOn } from './cli.ts';
import {
  application,
  at,
  clusterAnnotation,
  createApp,
  deleteApp,
  namespace,
  pullLabel,
  skipped,
  startController,
  type AppOptions,
} from './support.ts';

const standard = 'open-cluster-management';
const controller: Ref = { namespace: standard, name: 'multicluster-maestro-integrations' };
const configMap: Ref = { namespace: standard, name: 'multicluster-integrations-config' };
const spokeNamespaceAnnotation = `${pullLabel.split('/')[0] ?? ''}/ocm-managed-cluster-app-namespace`;
const pause = 'installer.open-cluster-management.io/pause';

interface Printed {
  readonly holds: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly findings: readonly {
      readonly standing: string;
      readonly subject: string;
      readonly message: string;
      readonly mend?: string;
    }[];
  }[];
}

describe.skipIf(skipped)('J9: a check of a hub, its clusters and its applications', { timeout: 120_000 }, () => {
  let rig: Rig;
  const undo: (() => Promise<unknown> | void)[] = [];

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
      await makeHealthy();
    },
    async () => {
      await rig?.stop();
    },
  );

  afterEach(async () => {
    rig.hub.front.clearFaults();
    rig.hub.front.setRights(() => true);
    for (const back of undo.splice(0).reverse()) await back();
  });

  /** A Deployment of the hub, which its API server cannot have. */
  function deploy(ref: Ref, ready: number, replicas = ready): void {
    const template = {
      spec: { serviceAccountName: 'integrations', containers: [{ name: 'controller', args: ['--in-cluster'] }] },
    };
    rig.hub.front.memory.put(kinds.deployments, {
      metadata: { ...ref },
      spec: { replicas, template },
      status: { readyReplicas: ready },
    });
  }

  const condition = (type: string, status = 'True'): JsonObject => ({
    type,
    status,
    reason: type,
    message: `${type} is ${status}`,
    lastTransitionTime: new Date(systemClock.wallMs()).toISOString(),
  });
  const clusterConditions = (changes: Readonly<Record<string, string>> = {}): JsonObject => ({
    conditions: ['HubAcceptedManagedCluster', 'ManagedClusterJoined', 'ManagedClusterConditionAvailable'].map((type) =>
      condition(type, changes[type]),
    ),
  });

  async function setCluster(name: string, changes: Readonly<Record<string, string>> = {}): Promise<void> {
    await rig.hub.admin.mergePatch(kinds.managedClusters, { name }, { status: clusterConditions(changes) }, 'status');
  }

  async function setAddOn(name: string, status: string): Promise<void> {
    const ref = { namespace: 'c1', name };
    await rig.hub.admin.mergePatch(
      kinds.addOns,
      ref,
      { status: { conditions: [condition('Available', status)] } },
      'status',
    );
  }

  async function setLease(ageMs: number): Promise<void> {
    const renewTime = new Date(systemClock.wallMs() - ageMs).toISOString().replace('Z', '000Z');
    await rig.hub.admin.mergePatch(kinds.leases, controller, { spec: { renewTime } });
  }

  async function makeHealthy(): Promise<void> {
    for (const name of ['maestro', 'maestro-db', 'maestro-addon-manager']) deploy({ namespace: 'maestro', name }, 1);
    deploy(controller, 1);
    deploy(classicDeployment, 0);
    await rig.hub.admin.create(kinds.multiClusterHubs, {
      apiVersion: 'operator.open-cluster-management.io/v1',
      kind: 'MultiClusterHub',
      metadata: { ...multiClusterHub, annotations: { [pause]: 'true' } },
      spec: {},
    });
    for (const name of ['maestro-addon', 'gitops-addon']) {
      const addOn = {
        apiVersion: 'addon.open-cluster-management.io/v1alpha1',
        kind: 'ManagedClusterAddOn',
        metadata: { name, namespace: 'c1' },
      };
      await rig.hub.admin.create(kinds.addOns, { ...addOn, spec: {} });
      await setAddOn(name, 'True');
    }
    await setCluster('c1');
    await setDecision(rig.hub, namespace, 'all', ['c1']);
    const spec = {
      holderIdentity: 'pod-1',
      leaseDurationSeconds: 15,
      acquireTime: '2026-11-29T00:00:00.000000Z',
      renewTime: '2026-11-29T00:00:00.000000Z',
    };
    await rig.hub.admin.create(kinds.leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...controller },
      spec,
    });
    await deliver('guestbook', 'shop');
  }

  /** Has the controller deliver them and bring their status back, and stops it. */
  async function deliver(...names: readonly string[]): Promise<void> {
    for (const name of names) await createApp(rig, name);
    const running = startController(rig, { authorisation: 'placement', allowClassicCoexistence: true });
    try {
      await eventually(async () => {
        for (const name of names) {
          const app = await rig.hubApp(`${namespace}/${name}`);
          expect(at(app, 'status', 'health', 'status')).toBe('Healthy');
        }
      }, 30_000);
    } finally {
      await running.stop();
    }
  }

  /** Changes an object, and changes it back at the end of the test. */
  async function change(kind: Kind, ref: Ref, patch: JsonObject, back: JsonObject, part?: 'status'): Promise<void> {
    await rig.hub.admin.mergePatch(kind, ref, patch, part);
    undo.push(() => rig.hub.admin.mergePatch(kind, ref, back, part));
  }

  async function addApp(name: string, options: AppOptions = {}): Promise<void> {
    await createApp(rig, name, options);
    undo.push(() => deleteNow(name, options.namespace));
  }

  async function deleteNow(name: string, from = namespace): Promise<void> {
    await rig.hub.admin.mergePatch(kinds.applications, { namespace: from, name }, { metadata: { finalizers: null } });
    await deleteApp(rig, name, from);
  }

  async function addCluster(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    const cluster = {
      apiVersion: 'cluster.open-cluster-management.io/v1',
      kind: 'ManagedCluster',
      metadata: { name, labels },
    };
    await rig.hub.admin.create(kinds.managedClusters, { ...cluster, spec: { hubAcceptsClient: true } });
    await setCluster(name);
    undo.push(() => rig.hub.admin.delete(kinds.managedClusters, { name }));
  }

  async function check(
    ...argv: readonly string[]
  ): Promise<{ readonly exitCode: number; readonly told: readonly string[]; readonly printed: Printed }> {
    await setLease(0);
    const { exitCode, stdout, stderr } = await cliOn(rig, ['gitops', 'check', '-o', 'json', ...argv]);
    expect(stdout, stderr).not.toBe('');
    const printed = JSON.parse(stdout) as Printed;
    const told = printed.checks.flatMap(({ name, findings }) =>
      findings
        .filter(({ standing }) => standing !== 'note')
        .map(({ standing, subject }) => `${name} ${standing} ${subject}`.trim()),
    );
    return { exitCode, told, printed };
  }

  test('nothing is found on a healthy hub', async () => {
    const { exitCode, told, printed } = await check();
    expect(told).toEqual([]);
    expect(printed.holds).toBe(true);
    expect(exitCode).toBe(0);
  });

  const app = (name: string): Ref => ({ namespace, name });

  interface Plant {
    readonly what: string;
    readonly plant: () => Promise<void> | void;
    /** The finding of the fault itself. */
    readonly finds: string;
    /** What else follows from it. */
    readonly also?: readonly string[];
  }

  const plants: readonly Plant[] = [
    {
      what: 'the database of Maestro is not ready',
      plant: () => {
        deploy({ namespace: 'maestro', name: 'maestro-db' }, 0, 1);
        undo.push(() => deploy({ namespace: 'maestro', name: 'maestro-db' }, 1));
      },
      finds: 'maestro-workloads fail maestro/maestro-db',
    },
    {
      what: 'the classic model runs',
      plant: () => {
        deploy(classicDeployment, 1);
        undo.push(() => deploy(classicDeployment, 0));
      },
      finds: 'classic-model fail',
      also: ['controller-guard fail'],
    },
    {
      what: 'MultiClusterHub is not paused',
      plant: () =>
        change(
          kinds.multiClusterHubs,
          multiClusterHub,
          { metadata: { annotations: { [pause]: 'false' } } },
          { metadata: { annotations: { [pause]: 'true' } } },
        ),
      finds: 'classic-model fail',
    },
    {
      what: 'the switch of the ConfigMap stops us',
      plant: () => {
        rig.hub.front.memory.put(kinds.configMaps, {
          metadata: { ...configMap },
          data: { 'config.yaml': 'pullModel: {maestro: {disabled: true}}' },
        });
        undo.push(() => void rig.hub.front.memory.delete(kinds.configMaps, configMap));
      },
      finds: 'switches fail',
      also: ['controller-guard fail'],
    },
    {
      what: 'the ConfigMap is no YAML',
      plant: () => {
        rig.hub.front.memory.put(kinds.configMaps, { metadata: { ...configMap }, data: { 'config.yaml': '{' } });
        undo.push(() => void rig.hub.front.memory.delete(kinds.configMaps, configMap));
      },
      finds: 'switches fail',
      also: ['controller-guard fail'],
    },
    {
      what: 'the controller is not ready',
      plant: () => {
        deploy(controller, 0, 1);
        undo.push(() => deploy(controller, 1));
      },
      finds: 'controller fail',
    },
    {
      what: 'nobody holds the Lease',
      plant: () =>
        change(kinds.leases, controller, { spec: { holderIdentity: '' } }, { spec: { holderIdentity: 'pod-1' } }),
      finds: 'controller-lease fail',
    },
    {
      what: 'the controller may not patch applications',
      plant: () =>
        rig.hub.front.setRights(
          (user, { verb, resource }) =>
            !(user.includes('serviceaccount') && verb === 'patch' && resource === 'applications'),
        ),
      finds: 'controller-rights fail patch applications.argoproj.io',
    },
    {
      what: 'PlacementDecisions may not be listed',
      plant: () =>
        rig.hub.front.setFault({ kind: 'status', status: 403, reason: 'Forbidden', resource: 'placementdecisions' }),
      finds: 'access unknown PlacementDecisions',
      also: ['kinds unknown placementdecisions.cluster.open-cluster-management.io', 'placed unknown'],
    },
    {
      what: 'the REST of Maestro fails',
      plant: () => {
        rig.standIn.setFault({ channel: 'http', kind: 'status', status: 500 });
        undo.push(() => rig.standIn.clearFaults());
      },
      finds: 'maestro-rest fail',
      also: [
        'consumer unknown',
        'agent unknown',
        'one-model unknown',
        'applied unknown',
        'ownerless unknown',
        'agent-rights unknown c1',
      ],
    },
    {
      what: 'the cluster has not joined',
      plant: async () => {
        await setCluster('c1', { ManagedClusterJoined: 'False' });
        undo.push(() => setCluster('c1'));
      },
      finds: 'joined fail c1',
    },
    {
      what: 'the cluster is not available',
      plant: async () => {
        await setCluster('c1', { ManagedClusterConditionAvailable: 'Unknown' });
        undo.push(() => setCluster('c1'));
      },
      finds: 'available fail c1',
    },
    {
      what: 'the cluster is switched to the classic model',
      plant: () =>
        change(
          kinds.managedClusters,
          { name: 'c1' },
          { metadata: { annotations: { 'maestro-cli.hyperfleet.io/pull-model': 'classic' } } },
          { metadata: { annotations: { 'maestro-cli.hyperfleet.io/pull-model': null } } },
        ),
      finds: 'switch fail c1',
    },
    {
      what: 'a cluster has no consumer, no add-on and no word of its agent',
      plant: async () => {
        await addCluster('c9');
        await setDecision(rig.hub, namespace, 'all', ['c1', 'c9']);
        undo.push(() => setDecision(rig.hub, namespace, 'all', ['c1']));
      },
      finds: 'consumer fail c9',
      also: [
        'agent unknown c9',
        'addon-maestro fail c9',
        'addon-gitops fail c9',
        'argo-cd unknown c9',
        'agent-rights unknown c9',
      ],
    },
    {
      what: 'an application is for the hub itself',
      plant: async () => {
        await addCluster('local-cluster', { 'local-cluster': 'true' });
        await setDecision(rig.hub, namespace, 'all', ['c1', 'local-cluster']);
        undo.push(() => setDecision(rig.hub, namespace, 'all', ['c1']));
        await addApp('home', { cluster: 'local-cluster' });
      },
      finds: 'cluster-known fail local-cluster',
      also: ['one-model fail openshift-gitops/home'],
    },
    {
      what: 'an add-on is not available',
      plant: async () => {
        await setAddOn('maestro-addon', 'Unknown');
        undo.push(() => setAddOn('maestro-addon', 'True'));
      },
      finds: 'addon-maestro fail c1',
    },
    {
      what: 'a label does not read as true',
      plant: () => addApp('yes', { labels: { [pullLabel]: 'yes' } }),
      finds: 'opt-in fail openshift-gitops/yes',
    },
    {
      what: 'an application names no cluster',
      plant: () => addApp('nowhere', { annotations: { [clusterAnnotation]: '' } }),
      finds: 'opt-in fail openshift-gitops/nowhere',
    },
    {
      what: 'skip-reconcile is missing',
      plant: () =>
        change(
          kinds.applications,
          app('shop'),
          { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': null } } },
          { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' } } },
        ),
      finds: 'skip-reconcile fail openshift-gitops/shop',
    },
    {
      what: 'no placement selects the cluster',
      plant: async () => {
        await setDecision(rig.hub, namespace, 'all', []);
        undo.push(() => setDecision(rig.hub, namespace, 'all', ['c1']));
      },
      finds: 'placed fail openshift-gitops/guestbook',
      also: ['placed fail openshift-gitops/shop'],
    },
    {
      what: 'a namespace on the cluster that nobody takes',
      plant: () => addApp('wrong', { annotations: { [spokeNamespaceAnnotation]: 'Team_A' } }),
      finds: 'names fail openshift-gitops/wrong',
      also: ['one-model fail openshift-gitops/wrong'],
    },
    {
      what: 'two applications are one on the cluster',
      plant: async () => {
        await setDecision(rig.hub, 'argocd', 'all', ['c1']);
        undo.push(() => setDecision(rig.hub, 'argocd', 'all', []));
        await addApp('shop', { namespace: 'argocd', annotations: { [spokeNamespaceAnnotation]: namespace } });
      },
      finds: 'spoke-name fail argocd/shop',
      also: ['spoke-name fail openshift-gitops/shop', 'one-model fail argocd/shop'],
    },
    {
      what: 'both models deliver an application',
      plant: async () => {
        const shop = await rig.hubApp(`${namespace}/shop`);
        const work = await rig.hub.admin.create(kinds.manifestWorks, classicWork(shop ?? application('shop')));
        undo.push(async () => {
          // It owns the application beside the bundle, so its deletion takes nothing away.
          await rig.hub.admin.delete(kinds.manifestWorks, { namespace: 'c1', name: work.metadata.name });
          await eventually(
            async () =>
              expect(
                await rig.hub.admin.get(kinds.manifestWorks, { namespace: 'c1', name: work.metadata.name }),
              ).toBeUndefined(),
            20_000,
          );
        });
      },
      finds: 'one-model fail openshift-gitops/shop',
    },
    {
      what: 'an application has not been sent',
      plant: () => addApp('late'),
      finds: 'one-model fail openshift-gitops/late',
    },
    {
      what: 'Argo CD misses the project',
      plant: () => {
        const conditions = [
          { type: 'InvalidSpecError', message: 'application references project team which does not exist' },
        ];
        return change(kinds.applications, app('shop'), { status: { conditions } }, { status: { conditions: null } });
      },
      finds: 'project fail openshift-gitops/shop',
    },
    {
      what: 'a condition says that the delivery is disturbed',
      plant: () => {
        const conditions = [
          { type: 'MaestroDeliveryWarning', message: 'another client of Maestro has been changing the work' },
        ];
        return change(kinds.applications, app('shop'), { status: { conditions } }, { status: { conditions: null } });
      },
      finds: 'conditions fail openshift-gitops/shop',
    },
    {
      what: 'a work in Maestro has lost its application',
      plant: async () => {
        await deliver('gone');
        await deleteNow('gone');
        undo.push(async () => {
          const argv = [
            'delete',
            `--name=${namespace}-gone`,
            '--consumer=c1',
            '--source-id=app-work-client',
            '--watch',
          ];
          const { exitCode, stderr } = await cliOn(rig, argv);
          expect(exitCode, stderr).toBe(0);
        });
      },
      finds: 'ownerless fail openshift-gitops/gone',
    },
  ];

  test.each(plants)('$what', async ({ plant, finds, also = [] }) => {
    await plant();
    const { exitCode, told, printed } = await check();
    expect(exitCode).toBe(7);
    expect(told.toSorted()).toEqual([finds, ...also].toSorted());
    const named = printed.checks.find(({ name }) => name === finds.split(' ')[0])?.findings;
    expect(
      named?.every(({ standing, mend = '' }) => standing === 'note' || mend !== '' || standing === 'unknown'),
    ).toBe(true);
  });

  test('names a work that its cluster refuses, and an agent that may not write', async () => {
    const { agent } = rig.spoke('c1');
    const refusal =
      'applications.argoproj.io is forbidden: User system:serviceaccount:open-cluster-management-agent:klusterlet-work-sa cannot patch';
    const shop = (await rig.maestroBundles('c1')).find(({ metadata }) => metadata.name === `${namespace}-shop`);
    const before = agent.statusOf(shop?.id ?? '');
    expect(before).toBeDefined();
    const refused = JSON.parse(JSON.stringify(before), (_key, value: unknown) => {
      const one = value as { readonly type?: string } | null;
      return typeof one === 'object' && one?.type === 'Applied'
        ? { ...one, status: 'False', reason: 'AppliedManifestFailed', message: refusal }
        : value;
    }) as NonNullable<typeof before>;
    agent.desk.report(shop?.id ?? '', shop?.version ?? 0, refused);
    undo.push(() => agent.desk.report(shop?.id ?? '', shop?.version ?? 0, before ?? refused));
    expect((await check()).told).toEqual(['agent-rights fail c1', 'applied fail openshift-gitops/shop']);
  });

  test('names an agent that has been silent for longer than it may', async () => {
    const clock = { ...systemClock, wallMs: () => systemClock.wallMs() + 3_600_000 };
    const { stdout } = await cliOn(rig, ['gitops', 'check', '-o', 'json', '--cluster=c1'], { clock });
    expect(stdout).toContain('"name": "agent"');
    const { findings = [] } = (JSON.parse(stdout) as Printed).checks.find(({ name }) => name === 'agent') ?? {};
    expect(findings.map(({ standing, subject }) => `${standing} ${subject}`)).toEqual(['fail c1']);
  });

  test('--probe asks the agents by works that touch nothing, and takes them away', async () => {
    const before = await rig.spokeApp('c1', namespace, 'shop');
    const bundles = (await rig.maestroBundles()).map(({ id, version }) => `${id} ${version}`).toSorted();
    const clock = { ...systemClock, wallMs: () => systemClock.wallMs() + 3_600_000 };
    const { stdout } = await cliOn(rig, ['gitops', 'check', '-o', 'json', '--probe'], { clock });
    const { findings } = (JSON.parse(stdout) as Printed).checks.find(({ name }) => name === 'agent') ?? {};
    expect(findings).toEqual([]);
    expect((await rig.maestroBundles()).map(({ id, version }) => `${id} ${version}`).toSorted()).toEqual(bundles);
    const after = await rig.spokeApp('c1', namespace, 'shop');
    expect(after?.metadata.uid).toBe(before?.metadata.uid);
    expect(after?.metadata.ownerReferences).toEqual(before?.metadata.ownerReferences);
  });

  test('--for=to-maestro names the application of which both models deliver another spec', async () => {
    await addApp('other');
    const other = await rig.hubApp(`${namespace}/other`);
    const work = classicWork(other ?? application('other'));
    const text = JSON.stringify(work).replace('"targetRevision":"HEAD"', '"targetRevision":"v1"');
    const { metadata } = await rig.hub.admin.create(kinds.manifestWorks, JSON.parse(text) as JsonObject);
    undo.push(() => rig.hub.admin.delete(kinds.manifestWorks, { namespace: 'c1', name: metadata.name }));
    const { told } = await check('--for=to-maestro');
    expect(told).toEqual(['differences fail openshift-gitops/other']);
  });

  test('asks the hub for nothing but reads and reviews', async () => {
    rig.hub.front.forget();
    await check();
    const verbs = rig.hub.front.verbsUsed('administrator').filter((verb) => !/^(get|list) /.test(verb));
    expect(verbs).toEqual(['create authorization.k8s.io/subjectaccessreviews']);
  });
});
