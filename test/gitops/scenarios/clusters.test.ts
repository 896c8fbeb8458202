import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import {
  addManagedCluster,
  eventually,
  kinds,
  resourcesFinalizer,
  setDecision,
  startRig,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { bundlesOf, deliveryMessages, publishBundle, source, sweepsEnd } from './bundles.ts';
import { LeapClock } from './fast-clock.ts';
import {
  application,
  at,
  clusterAnnotation,
  createApp,
  deleteApp,
  namespace,
  skipped,
  startController,
  type AppOptions,
  type RunningController,
} from './support.ts';

const spokeNamespaceAnnotation = 'apps.open-cluster-management.io/ocm-managed-cluster-app-namespace';
/** What arrives is acted on within seconds. */
const soonMs = 8_000;

describe.skipIf(skipped)('clusters, rights and names', { timeout: 90_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  const start = (overrides: Parameters<typeof startController>[1] = {}, clock?: LeapClock): void => {
    controller = startController(rig, overrides, {}, clock);
  };
  const stop = async (): Promise<void> => {
    await controller?.stop();
    controller = undefined;
  };
  const restart = async (overrides: Parameters<typeof startController>[1], clock?: LeapClock): Promise<void> => {
    await stop();
    start(overrides, clock);
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );

  beforeEach(() => {
    start();
  });

  afterEach(async () => {
    await stop();
    rig.hub.front.clearFaults();
  });

  const onHub = (name: string, inNamespace = namespace): Promise<KubeObject | undefined> =>
    rig.hubApp(`${inNamespace}/${name}`);
  const healthy = async (name: string, inNamespace = namespace, boundMs = 20_000): Promise<void> =>
    eventually(async () => {
      const app = await onHub(name, inNamespace);
      expect(at(app, 'status', 'health', 'status')).toBe('Healthy');
      expect(deliveryMessages(app)).toEqual([]);
    }, boundMs);
  const deliver = async (name: string, options: AppOptions = {}): Promise<void> => {
    await createApp(rig, name, options);
    await healthy(name, options.namespace);
  };
  const refused = async (name: string, reason: string, inNamespace = namespace): Promise<string> =>
    eventually(async () => {
      const messages = deliveryMessages(await onHub(name, inNamespace));
      expect(messages).toEqual([expect.stringContaining(`(${reason})`)]);
      return messages[0] ?? '';
    }, 20_000);
  const goneFromHub = async (name: string, inNamespace = namespace): Promise<void> =>
    eventually(async () => expect(await onHub(name, inNamespace)).toBeUndefined(), 20_000);
  const eventsAbout = async (name: string): Promise<KubeObject[]> =>
    (await rig.hub.admin.list(kinds.events)).items.filter((event) => at(event, 'regarding', 'name') === name);
  const annotate = async (
    name: string,
    annotations: Readonly<Record<string, string | null>>,
    inNamespace = namespace,
  ): Promise<KubeObject> =>
    rig.hub.admin.mergePatch(kinds.applications, { namespace: inNamespace, name }, { metadata: { annotations } });

  describe('the hub as its own cluster', () => {
    test.each([
      ['local-cluster', 'true'],
      ['the-hub', 'True'],
      ['loud-hub', 'TRUE'],
    ])('%s with the label %s gets no bundle, and deletions are not held up', async (cluster, label) => {
      await addManagedCluster(rig.hub, cluster, { labels: { 'local-cluster': label } });
      const [told, left] = [`g1-${cluster}-told`, `g1-${cluster}-left`];
      // One that the hub's Argo CD was told to leave alone, and one that it looks after.
      await createApp(rig, told, { cluster });
      await createApp(rig, left, { cluster });
      await annotate(left, { 'argocd.argoproj.io/skip-reconcile': null });
      await deliver(`g1-${cluster}-beside`);
      for (const name of [told, left]) {
        expect(rig.publishes({ id: bundleId(source, cluster, `${namespace}-${name}`) })).toEqual([]);
        expect(deliveryMessages(await onHub(name))).toEqual([]);
        await deleteApp(rig, name);
      }
      await goneFromHub(told);
      // Its finalizer is the hub's Argo CD's, which has resources of it to delete.
      expect((await onHub(left))?.metadata.finalizers).toEqual([resourcesFinalizer]);
      await rig.hub.admin.mergePatch(kinds.applications, { namespace, name: left }, { metadata: { finalizers: null } });
    });

    test('a cluster that turns out to be the hub loses its bundles', async () => {
      await deliver('g1-turns', { cluster: 'c2' });
      const label = (value: string | null): Promise<KubeObject> =>
        rig.hub.admin.mergePatch(
          kinds.managedClusters,
          { name: 'c2' },
          { metadata: { labels: { 'local-cluster': value } } },
        );
      await label('TRUE');
      try {
        await eventually(async () => {
          expect(await bundlesOf(rig, 'g1-turns')).toEqual([]);
          expect(await rig.spokeApp('c2', namespace, 'g1-turns')).toBeUndefined();
        }, 20_000);
      } finally {
        await label(null);
      }
      await eventually(async () => expect(await rig.spokeApp('c2', namespace, 'g1-turns')).toBeDefined(), 20_000);
    });
  });

  test('an application that comes before its cluster and its consumer waits with a reason, and is delivered within seconds of their arrival', async () => {
    const clock = new LeapClock();
    await restart({ callTimeoutMs: 600_000 }, clock);
    const id = bundleId(source, 'g2', `${namespace}-g2`);
    await createApp(rig, 'g2', { cluster: 'g2' });
    expect(await refused('g2', 'ClusterMissing')).toMatch(
      /^not delivered to cluster g2 since .*: the hub has no ManagedCluster g2 \(ClusterMissing\)$/,
    );
    await addManagedCluster(rig.hub, 'g2');
    expect(await refused('g2', 'ConsumerMissing')).toMatch(/Maestro has no consumer g2 \(ConsumerMissing\)$/);
    const events = await eventually(async () => {
      const found = await eventsAbout('g2');
      expect(found.map(({ reason }) => reason).sort()).toEqual(['ClusterMissing', 'ConsumerMissing']);
      return found;
    });
    expect(events[0]).toMatchObject({
      type: 'Warning',
      regarding: { kind: 'Application', namespace, name: 'g2' },
      reportingController: 'maestro-cli.hyperfleet.io/gitops',
    });

    const asked = rig.publishes({ id }).length;
    // It does not hammer Maestro with what it will refuse: a minute passes, and what comes then is delivered first.
    for (const later of ['g2-later-1', 'g2-later-2', 'g2-later-3']) {
      clock.leap(20_000);
      await deliver(later);
    }
    expect(rig.publishes({ id })).toHaveLength(asked);
    await createConsumer(rig, 'g2');
    await eventually(async () => {
      expect(await bundlesOf(rig, 'g2')).toHaveLength(1);
      // Its agent, a simulated one without that namespace, has its own to say.
      expect(deliveryMessages(await onHub('g2')).filter((message) => message.startsWith('not delivered'))).toEqual([]);
    }, soonMs);
    expect((await bundlesOf(rig, 'g2'))[0]?.version).toBe(1);
  });

  test('without a PlacementDecision nothing is published; with one it is; without it again everything stays as it is', async () => {
    await restart({ authorisation: 'placement' });
    const id = bundleId(source, 'c1', 'g3-team-g3');
    await setDecision(rig.hub, 'g3-other', 'theirs', ['c1', 'c2']);
    await setDecision(rig.hub, 'g3-team', 'ours', ['c2']);
    const options = { namespace: 'g3-team', annotations: { [spokeNamespaceAnnotation]: namespace } };
    await createApp(rig, 'g3', options);
    expect(await refused('g3', 'NotAuthorised', 'g3-team')).toContain(
      'no PlacementDecision in the namespace of the application selects cluster c1',
    );
    const [event] = await eventually(async () => {
      const found = await eventsAbout('g3');
      expect(found).toHaveLength(1);
      return found;
    });
    expect(event).toMatchObject({
      metadata: { namespace: 'g3-team' },
      type: 'Warning',
      reason: 'NotAuthorised',
      action: 'Deliver',
      regarding: { kind: 'Application', namespace: 'g3-team', name: 'g3' },
    });
    expect(rig.publishes({ id })).toEqual([]);

    await setDecision(rig.hub, 'g3-team', 'ours', ['c1', 'c2']);
    await healthy('g3', 'g3-team', soonMs);
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create']);

    // Taken back: what runs runs on, and its status is told; edits stay on the hub.
    await setDecision(rig.hub, 'g3-team', 'ours', ['c2']);
    await refused('g3', 'NotAuthorised', 'g3-team');
    await annotate('g3', { 'example.com/owner': 'blue' }, 'g3-team');
    rig.spoke('c1').argo.setHealth(namespace, 'g3', 'Degraded');
    await eventually(
      async () => expect(at(await onHub('g3', 'g3-team'), 'status', 'health', 'status')).toBe('Degraded'),
      20_000,
    );
    rig.spoke('c1').argo.setHealth(namespace, 'g3', 'Healthy');
    await eventually(
      async () => expect(at(await onHub('g3', 'g3-team'), 'status', 'health', 'status')).toBe('Healthy'),
      20_000,
    );
    // Made after the edit and where it may be, so the edit would be on its way by now.
    await deliver('g3-beside', { ...options, cluster: 'c2' });
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create']);
    expect(rig.spoke('c1').workload('g3', 'g3')).toBeDefined();

    // Given again, by another decision, and that one deleted.
    await setDecision(rig.hub, 'g3-team', 'again', ['c1']);
    await eventually(
      async () =>
        expect((await rig.spokeApp('c1', namespace, 'g3'))?.metadata.annotations?.['example.com/owner']).toBe('blue'),
      soonMs,
    );
    await rig.hub.admin.delete(kinds.placementDecisions, { namespace: 'g3-team', name: 'again-decision-1' });
    await refused('g3', 'NotAuthorised', 'g3-team');
    // A restart in this state publishes and deletes nothing.
    await restart({ authorisation: 'placement' });
    await eventually(
      () => expect(controller?.lines.some((line) => line.includes('hub and Maestro have been read'))).toBe(true),
      20_000,
    );
    await sweepsEnd(rig, 'g3-later', { ...options, cluster: 'c2' });
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update']);
    // No right to deliver is no reason to keep: its own deletion goes through.
    await deleteApp(rig, 'g3', 'g3-team');
    await goneFromHub('g3', 'g3-team');
    expect(rig.spoke('c1').workload('g3', 'g3')).toBeUndefined();
  });

  describe('one name on a cluster belongs to one application', () => {
    const sameNamespace = { annotations: { [spokeNamespaceAnnotation]: namespace } };
    /** The source of the Application on the cluster, which tells the two apart. */
    const revisionOn = async (cluster: string, name: string): Promise<unknown> =>
      at(await rig.spokeApp(cluster, namespace, name), 'spec', 'source', 'targetRevision');
    const second = (name: string): AppOptions => ({
      namespace: 'team-b',
      ...sameNamespace,
      spec: {
        source: { repoURL: 'https://git.example.com/team/apps', path: `${name}-second`, targetRevision: 'second' },
      },
    });

    test('the second is refused with a condition and delivered when the first is gone', async () => {
      await deliver('taken');
      await createApp(rig, 'taken', second('taken'));
      expect(await refused('taken', 'SpokeNameTaken', 'team-b')).toContain(
        `application ${namespace}/taken has this name in namespace ${namespace} of cluster c1 already`,
      );
      // The first may change, restarts may come: it keeps the name.
      await restart({});
      await annotate('taken', { 'example.com/owner': 'blue' });
      await eventually(
        async () =>
          expect((await rig.spokeApp('c1', namespace, 'taken'))?.metadata.annotations?.['example.com/owner']).toBe(
            'blue',
          ),
        20_000,
      );
      expect(await revisionOn('c1', 'taken')).toBe('HEAD');
      expect(await bundlesOf(rig, 'taken', 'team-b')).toEqual([]);
      const uid = (await rig.spokeApp('c1', namespace, 'taken'))?.metadata.uid;

      await deleteApp(rig, 'taken');
      await goneFromHub('taken');
      await healthy('taken', 'team-b');
      expect(await revisionOn('c1', 'taken')).toBe('second');
      expect((await rig.spokeApp('c1', namespace, 'taken'))?.metadata.uid).not.toBe(uid);
      expect(rig.spoke('c1').workload('taken', 'taken')).toBeUndefined();
    });

    test('the second waits until the first has left the cluster for another', async () => {
      await deliver('moves');
      await createApp(rig, 'moves', second('moves'));
      await refused('moves', 'SpokeNameTaken', 'team-b');
      rig.spoke('c1').agent.setOnline(false);
      try {
        await annotate('moves', { [clusterAnnotation]: 'c2' });
        await eventually(() => expect(rig.spoke('c2').workload('moves', 'moves')).toBeDefined(), 20_000);
        const left = bundleId(source, 'c1', `${namespace}-moves`);
        await eventually(() => expect(rig.publishes({ id: left, kind: 'delete' })).toHaveLength(1), 20_000);
        // The second is looked at once more, and another that comes behind it is delivered.
        await annotate('moves', { 'example.com/owner': 'blue' }, 'team-b');
        await deliver('moves-later', { cluster: 'c2' });
        // What the first had there is still there, so nobody else may have the name.
        expect(await bundlesOf(rig, 'moves', 'team-b')).toEqual([]);
        await refused('moves', 'SpokeNameTaken', 'team-b');
      } finally {
        rig.spoke('c1').agent.setOnline(true);
      }
      await healthy('moves', 'team-b');
      expect(await revisionOn('c1', 'moves')).toBe('second');
      expect(rig.spoke('c1').workload('moves', 'moves')).toBeUndefined();
      expect(rig.spoke('c2').workload('moves', 'moves')).toBeDefined();
    });

    test('the second waits for the garbage of a first that vanished', async () => {
      await deliver('vanishes', { finalizers: [] });
      await createApp(rig, 'vanishes', second('vanishes'));
      await refused('vanishes', 'SpokeNameTaken', 'team-b');
      const uid = (await rig.spokeApp('c1', namespace, 'vanishes'))?.metadata.uid;
      await deleteApp(rig, 'vanishes');
      await healthy('vanishes', 'team-b');
      expect(await bundlesOf(rig, 'vanishes')).toEqual([]);
      expect(await revisionOn('c1', 'vanishes')).toBe('second');
      // Another Application: that of the first went, and its workload stayed.
      expect((await rig.spokeApp('c1', namespace, 'vanishes'))?.metadata.uid).not.toBe(uid);
      expect(rig.spoke('c1').workload('vanishes', 'vanishes')).toBeDefined();
    });

    test('one that may not be delivered keeps nobody from the name', async () => {
      await restart({ authorisation: 'placement' });
      await setDecision(rig.hub, 'team-b', 'ours', ['c1']);
      await createApp(rig, 'barred', { namespace: 'aaa', ...sameNamespace });
      await createApp(rig, 'barred', second('barred'));
      await refused('barred', 'NotAuthorised', 'aaa');
      await healthy('barred', 'team-b');
      // Too late: the name has been given.
      await setDecision(rig.hub, 'aaa', 'ours', ['c1']);
      await refused('barred', 'SpokeNameTaken', 'aaa');
      expect(await revisionOn('c1', 'barred')).toBe('second');
      await deleteApp(rig, 'barred', 'team-b');
      await healthy('barred', 'aaa');
      expect(await revisionOn('c1', 'barred')).toBe('HEAD');
    });

    test('on another cluster, or in another namespace of it, the name is free', async () => {
      await deliver('free');
      await createApp(rig, 'free', { ...second('free'), cluster: 'c2' });
      await createApp(rig, 'free', { ...second('free'), namespace: 'argocd', annotations: {} });
      await healthy('free', 'team-b');
      await healthy('free', 'argocd');
    });
  });

  test('only allowed target namespaces are delivered to', async () => {
    await restart({ allowedTargetNamespaces: ['openshift-gitops'] });
    await deliver('allowed');
    await createApp(rig, 'refused', { annotations: { [spokeNamespaceAnnotation]: 'kube-system' } });
    expect(await refused('refused', 'NamespaceNotAllowed')).toContain(
      'namespace kube-system is not among the allowed target namespaces',
    );
    // One that was delivered stays where it may be when it asks for more.
    await annotate('allowed', { [spokeNamespaceAnnotation]: 'kube-system' });
    await refused('allowed', 'NamespaceNotAllowed');
    for (const name of ['allowed', 'refused']) expect(await rig.spokeApp('c1', 'kube-system', name)).toBeUndefined();
    expect(await rig.spokeApp('c1', namespace, 'allowed')).toBeDefined();
    await annotate('refused', { [spokeNamespaceAnnotation]: null });
    await annotate('allowed', { [spokeNamespaceAnnotation]: null });
    await healthy('refused');
    await healthy('allowed');
    await createApp(rig, 'refused-too', { namespace: 'argocd' });
    await refused('refused-too', 'NamespaceNotAllowed', 'argocd');
    await deleteApp(rig, 'refused-too', 'argocd');
    await goneFromHub('refused-too', 'argocd');
  });

  test('OtherHub: the bundle of another hub is left alone, whether the application comes or goes', async () => {
    const id = await publishBundle(rig, application('other'), { hubId: 'another-hub' });
    await eventually(() => expect(rig.spoke('c1').workload('other', 'other')).toBeDefined(), 20_000);
    await createApp(rig, 'other', { spec: { info: [{ name: 'hub', value: 'this' }] } });
    expect(await refused('other', 'OtherHub')).toContain(
      'the bundle belongs to the hub with id another-hub; start with --hub-id to take its bundles over',
    );
    await deleteApp(rig, 'other');
    await goneFromHub('other');
    await sweepsEnd(rig, 'other-later');
    expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create']);
    expect((await bundlesOf(rig, 'other'))[0]?.version).toBe(1);
    expect(rig.spoke('c1').workload('other', 'other')).toBeDefined();

    // With that hub's id it is ours.
    await restart({ hubId: 'another-hub' });
    await createApp(rig, 'other', { spec: { info: [{ name: 'hub', value: 'this' }] } });
    await healthy('other');
    expect(at(await rig.spokeApp('c1', namespace, 'other'), 'spec', 'info', 0, 'value')).toBe('this');
    expect((await bundlesOf(rig, 'other')).map((bundle) => [bundle.id, bundle.version])).toEqual([[id, 2]]);
  });

  test.each([
    ['that names nothing', 'foreign-mute', {}],
    [
      'that names another application',
      'foreign-other',
      {
        'apps.open-cluster-management.io/hub-application-namespace': namespace,
        'apps.open-cluster-management.io/hub-application-name': 'somebody',
      },
    ],
  ])('ForeignBundle: a work under our id %s is not overwritten and not deleted', async (_what, name, annotations) => {
    const id = await publishBundle(rig, application(name), { annotations });
    await eventually(() => expect(rig.spoke('c1').workload(name, name)).toBeDefined(), 20_000);
    await createApp(rig, name, { spec: { info: [{ name: 'hub', value: 'this' }] } });
    expect(await refused(name, 'ForeignBundle')).toContain(
      `bundle ${id} of cluster c1 was not written for this application`,
    );
    await deleteApp(rig, name);
    await goneFromHub(name);
    await sweepsEnd(rig, `${name}-later`);
    const bundle = (await rig.maestroBundles('c1')).find((one) => one.id === id);
    expect([bundle?.version, bundle?.deleted_at]).toEqual([1, undefined]);
    expect(rig.publishes({ id, kind: 'delete' })).toEqual([]);
    expect(rig.publishes({ id, kind: 'update' })).toEqual([]);
    expect(rig.spoke('c1').workload(name, name)).toBeDefined();
  });
});

async function createConsumer(rig: Rig, name: string): Promise<void> {
  const answer = await fetch(`${rig.standIn.httpEndpoint}/api/maestro/v1/consumers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  expect(answer.status).toBe(201);
}
