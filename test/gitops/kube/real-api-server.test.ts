import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import { createEventRecorder } from '../../../src/gitops/kube/event-recorder.ts';
import type { KubeApi } from '../../../src/gitops/kube/kube-api.ts';
import { createElection } from '../../../src/gitops/kube/lease-election.ts';
import type { Election } from '../../../src/gitops/kube/lease-election.ts';
import {
  clearAnnotationPatch,
  clearOperationPatch,
  finalizersPatch,
  statusPatch,
} from '../../../src/gitops/kube/patches.ts';
import { reflect } from '../../../src/gitops/kube/reflector.ts';
import { objectAt, textAt } from '../../../src/core/json-fields.ts';
import { systemClock } from '../../../src/clock.ts';
import { failureOf } from '../../clients/support/failure.ts';
import { eventually, findBinaries, kinds, startRig } from '../rig/index.ts';
import type { Rig } from '../rig/index.ts';
import { soon, until } from './support/hub-client.ts';

const missing = 'missing' in findBinaries();
const namespace = 'openshift-gitops';
const pull = 'apps.open-cluster-management.io/pull-to-ocm-managed-cluster';

function application(name: string, more: JsonObject = {}, labels: JsonObject = { [pull]: 'true' }): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      labels,
      annotations: { 'argocd.argoproj.io/refresh': 'hard' },
      finalizers: ['resources-finalizer.argocd.argoproj.io', 'example.com/other'],
    },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example/repo.git', path: 'guestbook' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'guestbook' },
    },
    ...more,
  };
}

const versionOf = (object: JsonObject): string => textAt(objectAt(object, 'metadata'), 'resourceVersion');

describe.skipIf(missing)('a real API server', { timeout: 60_000 }, () => {
  let rig: Rig;
  let api: KubeApi;
  beforeAll(async () => {
    rig = await startRig({ clusters: [], applicationSets: false });
    api = await connectKube({ kubeconfig: rig.hub.kubeconfig }, { clock: systemClock, env: {} });
  }, 120_000);
  afterAll(async () => {
    await api?.close();
    await rig?.stop();
  });

  it('deletes the object that was looked at, and no other of its name', async () => {
    const ref = { namespace, name: 'deleted' };
    const made = await api.create(kinds.applications, namespace, application('deleted'), soon());
    const uid = textAt(objectAt(made, 'metadata'), 'uid');
    for (const expected of [{ uid: 'another-uid' }, { uid, resourceVersion: '1' }]) {
      expect(await failureOf(api.delete(kinds.applications, ref, expected, soon()))).toMatchObject({
        code: 'conflict',
        delivery: 'refused',
      });
    }
    expect(await api.get(kinds.applications, ref, soon())).toEqual(made);
    expect(await api.delete(kinds.applications, ref, { uid, resourceVersion: versionOf(made) }, soon())).toBe('taken');
    const held = (await api.get(kinds.applications, ref, soon())) ?? {};
    expect(objectAt(held, 'metadata')['deletionTimestamp']).toBeDefined();
    await api.jsonPatch(kinds.applications, ref, [{ op: 'remove', path: '/metadata/finalizers' }], soon());
    expect(await api.delete(kinds.applications, ref, { uid }, soon())).toBe('absent');
    const nobody = { group: 'example.com', version: 'v1', resource: 'nobodies' };
    expect(await failureOf(api.delete(nobody, ref, { uid }, soon()))).toMatchObject({ code: 'not-found' });
  });

  it('lists no more than the metadata when that is all that is asked for', async () => {
    await api.create(kinds.applications, namespace, application('metadata'), soon());
    const items: JsonObject[] = [];
    const query = { namespace, metadataOnly: true, limit: 500 } as const;
    const page = await api.listPage(kinds.applications, query, soon(), (object) => void items.push(object));
    expect([...items, ...page.items].find((item) => textAt(objectAt(item, 'metadata'), 'name') === 'metadata')).toEqual(
      {
        apiVersion: 'meta.k8s.io/v1',
        kind: 'PartialObjectMetadata',
        metadata: expect.objectContaining({ labels: { [pull]: 'true' } }) as JsonObject,
      },
    );
  });

  it('takes the JSON patches, and a failed test is a conflict', async () => {
    const ref = { namespace, name: 'patched' };
    const operation = { sync: { revision: 'abc', syncOptions: ['Prune=true'] } };
    const made = await api.create(kinds.applications, namespace, application('patched', { operation }), soon());
    const uid = textAt(objectAt(made, 'metadata'), 'uid');
    const written = await api.jsonPatch(
      kinds.applications,
      ref,
      statusPatch(uid, versionOf(made), { health: { status: 'Healthy' } }),
      soon(),
    );
    expect(written['status']).toMatchObject({ health: { status: 'Healthy' } });
    for (const stale of [
      statusPatch('another-uid', versionOf(written), {}),
      // What was written since it was read is never replaced unseen.
      statusPatch(uid, versionOf(made), { health: { status: 'Missing' } }),
      clearOperationPatch(uid, { sync: { revision: 'older' } }),
      clearAnnotationPatch(uid, 'argocd.argoproj.io/refresh', 'normal'),
      clearAnnotationPatch(uid, 'argocd.argoproj.io/missing', ''),
    ]) {
      expect(await failureOf(api.jsonPatch(kinds.applications, ref, stale, soon()))).toMatchObject({
        code: 'conflict',
        delivery: 'refused',
      });
    }
    await api.jsonPatch(kinds.applications, ref, clearOperationPatch(uid, operation), soon());
    const unrefreshed = clearAnnotationPatch(uid, 'argocd.argoproj.io/refresh', 'hard');
    const cleared = await api.jsonPatch(kinds.applications, ref, unrefreshed, soon());
    expect(cleared['operation']).toBeUndefined();
    expect(objectAt(cleared, 'metadata')['annotations'] ?? {}).toEqual({});
    const finalizers = objectAt(cleared, 'metadata')['finalizers'] as readonly string[];
    const without = finalizersPatch(uid, finalizers, (name) => name !== 'example.com/other') ?? [];
    const freed = await api.jsonPatch(kinds.applications, ref, without, soon());
    expect(objectAt(freed, 'metadata')['finalizers']).toEqual(['example.com/other']);
    expect(await failureOf(api.jsonPatch(kinds.applications, ref, without, soon()))).toMatchObject({
      code: 'conflict',
    });
    const emptied = await api.jsonPatch(
      kinds.applications,
      ref,
      finalizersPatch(uid, ['example.com/other'], () => true) ?? [],
      soon(),
    );
    expect(objectAt(emptied, 'metadata')['finalizers']).toBeUndefined();
    expect(
      await failureOf(
        api.jsonPatch(kinds.applications, { namespace, name: 'nobody' }, statusPatch(uid, '1', {}), soon()),
      ),
    ).toMatchObject({ code: 'not-found' });
    expect(
      await failureOf(api.jsonPatch(kinds.applications, ref, [{ op: 'replace', path: '/spec', value: 'no' }], soon())),
    ).toMatchObject({ code: 'invalid-input' });
    expect(await api.get(kinds.applications, { namespace, name: 'nobody' }, soon())).toBeUndefined();
  });

  it('keeps a reflector up to date through pages, changes, lost labels, cuts and a compaction', async () => {
    const view = new Map<string, string>();
    for (let count = 0; count < 7; count += 1)
      await rig.hub.admin.create(kinds.applications, application(`seen-${count}`));
    const reflector = reflect<string>(
      {
        path: kinds.applications,
        labelSelector: `${pull} in (true,True,TRUE,t,T,1)`,
        pageSize: 3,
        project: (object) => textAt(objectAt(object, 'metadata'), 'resourceVersion'),
        handler: (event) => {
          if (event.kind === 'upsert') view.set(event.key, event.item);
          if (event.kind === 'gone') view.delete(event.key);
        },
      },
      { api, clock: systemClock, random: Math.random },
    );
    const stop = new AbortController();
    const running = reflector.run(stop.signal);
    const isTrue = async (): Promise<void> => {
      const { items } = await rig.hub.admin.list(kinds.applications, {
        labelSelector: `${pull} in (true,True,TRUE,t,T,1)`,
      });
      expect(
        new Map(items.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata.resourceVersion])),
      ).toEqual(view);
    };
    await until(() => reflector.state.watching, 'the watch');
    await eventually(isTrue, 10_000);
    await rig.hub.admin.create(kinds.applications, application('seen-late'));
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'seen-0' },
      { metadata: { labels: { [pull]: null } } },
    );
    await eventually(isTrue, 10_000);
    expect(view.has(`${namespace}/seen-0`)).toBe(false);
    rig.hub.front.cutWatches();
    await rig.hub.admin.create(kinds.applications, application('seen-after-cut'));
    await eventually(isTrue, 10_000);
    expect(reflector.state.lists).toBe(1);
    await rig.hub.expireVersions();
    await rig.hub.admin.mergePatch(
      kinds.applications,
      { namespace, name: 'seen-1' },
      { metadata: { labels: { [pull]: 'no' } } },
    );
    await eventually(isTrue, 20_000);
    stop.abort();
    await running;
  });

  it('gives the lease to one of two, and to the other within the lease when the first is killed', async () => {
    const times = { leaseMs: 4_000, renewMs: 2_500, retryMs: 500 };
    const led: string[] = [];
    const start = async (
      identity: string,
    ): Promise<{ own: KubeApi; election: Election; stop: AbortController; ended: Promise<void> }> => {
      const own = await connectKube({ kubeconfig: rig.hub.kubeconfig }, { clock: systemClock, env: {} });
      const election = createElection(
        { namespace, name: 'gitops', identity, ...times },
        { api: own, clock: systemClock, random: Math.random },
      );
      const stop = new AbortController();
      const ended = election.run(stop.signal, async (signal) => {
        led.push(identity);
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      });
      return { own, election, stop, ended };
    };
    const a = await start('a');
    await until(() => led.length === 1, 'the first leader');
    const b = await start('b');
    await until(() => b.election.state.holder === 'a', 'the second sees the first');
    expect([a.election.stillLeader(), b.election.stillLeader()]).toEqual([true, false]);
    // As if killed: no call of it arrives any more, nor does it give the lease back.
    const killedMs = systemClock.monotonicMs();
    await a.own.close();
    await until(() => led.length === 2, 'the second leader');
    const tookMs = systemClock.monotonicMs() - killedMs;
    expect(led).toEqual(['a', 'b']);
    expect(a.election.stillLeader()).toBe(false);
    // The lease, one retry with its jitter, and the time of the calls on a busy machine.
    expect(tookMs).toBeLessThan(times.leaseMs + 600 + 3_000);
    b.stop.abort();
    await b.ended;
    const lease = await api.get(kinds.leases, { namespace, name: 'gitops' }, soon());
    expect(objectAt(lease ?? {}, 'spec')).toMatchObject({ holderIdentity: '', leaseTransitions: 1 });
    a.stop.abort();
    await a.ended;
    await b.own.close();
  });

  it('takes Events', async () => {
    const recorder = createEventRecorder(
      { reportingController: 'maestro-cli.hyperfleet.io/gitops', reportingInstance: 'pod' },
      { api, clock: systemClock, random: Math.random },
    );
    recorder.record({
      regarding: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace, name: 'x', uid: 'u' },
      type: 'Warning',
      reason: 'NotPlaced',
      action: 'Publish',
      note: 'a note',
    });
    await recorder.close(AbortSignal.timeout(10_000));
    expect(recorder.counts).toMatchObject({ sent: 1, failed: 0 });
  });
});
