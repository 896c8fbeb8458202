import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import {
  pauseClassic,
  pauseCommands,
  startClassic,
  startCommands,
  whyClassicMayWrite,
} from '../../../src/gitops/handover/classic-switch.ts';
import { pullModelAnnotation } from '../../../src/gitops/constants.ts';
import { switchOffClusters } from '../../../src/gitops/handover/cluster-switch.ts';
import { deployments, managedClusters, multiClusterHubs } from '../../../src/gitops/kube/hub-kinds.ts';
import { multiClusterHubFact } from '../../../src/gitops/model/pull-models.ts';
import { readPullModels } from '../../../src/gitops/survey/pull-models.ts';
import { createBudget, type Budget } from '../../../src/operations/budget.ts';
import { Hub, type Stored } from './patchable-hub.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const namespace = 'open-cluster-management';
const pauseKey = 'installer.open-cluster-management.io/pause';
const record = 'maestro-cli.hyperfleet.io/before-migration';

function hubWith(
  annotations: Readonly<Record<string, string>> | undefined,
  deployment: JsonObject = { spec: { replicas: 2 }, status: {} },
): Hub {
  const hub = new Hub();
  hub.put(multiClusterHubs, 'multiclusterhub', { metadata: annotations === undefined ? {} : { annotations } });
  hub.put(deployments, 'multicluster-integrations', deployment);
  return hub;
}

const inTime = (clock = new ManualClock()): Budget =>
  createBudget(60_000, { clock, random: () => 0, signal: new AbortController().signal });
const annotationsOf = (object: Stored): JsonObject =>
  ((object['metadata'] as JsonObject)['annotations'] ?? {}) as JsonObject;
const state = (hub: Hub): JsonObject => ({
  annotations: annotationsOf(hub.of(multiClusterHubs, 'multiclusterhub')),
  replicas: (hub.of(deployments, 'multicluster-integrations')['spec'] as JsonObject)['replicas'] ?? null,
  record: annotationsOf(hub.of(deployments, 'multicluster-integrations'))[record] ?? null,
});

describe('stopping the classic model and starting it again', () => {
  it.each<[string, Readonly<Record<string, string>> | undefined]>([
    ['without annotations', undefined],
    ['with others', { team: 'x' }],
    ['with the pause said to be off', { [pauseKey]: 'false', 'mch-pause': 'true' }],
  ])('gives back exactly what was there, %s', async (_name, annotations) => {
    const hub = hubWith(annotations);
    const before = state(hub);
    await pauseClassic(hub, namespace, inTime());
    expect(state(hub)).toMatchObject({
      annotations: { [pauseKey]: 'true', [record]: JSON.stringify({ pause: annotations?.[pauseKey] ?? null }) },
      replicas: 0,
      record: '{"replicas":2}',
    });
    // The operator would scale up a Deployment that is scaled down while it is awake.
    expect(hub.patched).toEqual(['multiclusterhubs/multiclusterhub', 'deployments/multicluster-integrations']);
    await startClassic(hub, namespace, inTime());
    expect(state(hub)).toEqual(before);
  });

  it('does nothing the second time, either way', async () => {
    const hub = hubWith({});
    await pauseClassic(hub, namespace, inTime());
    const paused = state(hub);
    const again = await pauseClassic(hub, namespace, inTime());
    expect(again.map(({ changed, text }) => [changed, text])).toEqual([
      [false, `is paused already, by ${pauseKey}`],
      [false, 'is at 0 already'],
    ]);
    expect(state(hub)).toEqual(paused);
    await startClassic(hub, namespace, inTime());
    const started = await startClassic(hub, namespace, inTime());
    expect(started.map(({ changed, text }) => [changed, text])).toEqual([
      [false, 'runs already, with 2'],
      [false, 'is not paused'],
    ]);
  });

  it('goes on where a stop was cut off between its two writes', async () => {
    const hub = hubWith({});
    hub.beforePatch = (key) => {
      if (key.startsWith('deployments')) throw new Error('killed');
    };
    await expect(pauseClassic(hub, namespace, inTime())).rejects.toThrow('killed');
    hub.beforePatch = () => undefined;
    await pauseClassic(hub, namespace, inTime());
    await startClassic(hub, namespace, inTime());
    expect(state(hub)).toEqual({ annotations: {}, replicas: 2, record: null });
  });

  it('keeps a pause that somebody else made, and gives one replica to what nobody wrote down', async () => {
    const hub = hubWith({ 'mch-pause': 'true' }, { spec: { replicas: 0 }, status: {} });
    await pauseClassic(hub, namespace, inTime());
    expect(hub.patched).toEqual([]);
    const started = await startClassic(hub, namespace, inTime());
    expect(started.map(({ text }) => text)).toEqual([
      'scaled from 0 to 1, nobody wrote down how many there were',
      'stays paused by mch-pause, which no migration set',
    ]);
    expect(state(hub)).toEqual({ annotations: { 'mch-pause': 'true' }, replicas: 1, record: null });
  });

  it('writes what it has read, and decides anew when somebody wrote in between', async () => {
    const hub = hubWith({});
    let others = 2;
    hub.beforePatch = (key) => {
      if (others-- <= 0) return;
      hub.put(deployments, key.split('/')[1] ?? '', {
        spec: { replicas: 5 },
        status: {},
        metadata: { resourceVersion: String(10 + others) },
      });
    };
    hub.put(multiClusterHubs, 'multiclusterhub', { metadata: { annotations: { 'mch-pause': 'true' } } });
    await pauseClassic(hub, namespace, inTime());
    expect(state(hub)).toMatchObject({ replicas: 0, record: '{"replicas":5}' });
  });

  it('waits until no pod is ready, and says how many are when the time is up', async () => {
    const hub = hubWith({}, { spec: { replicas: 1 }, status: { readyReplicas: 1 } });
    const clock = new ManualClock();
    const waiting = pauseClassic(hub, namespace, inTime(clock));
    const failed = expect(waiting).rejects.toMatchObject({
      code: 'timeout',
      message: `Deployment ${namespace}/multicluster-integrations was scaled to 0, and 1 of its pods are still ready`,
    });
    await clock.advance(61_000);
    await failed;
  });

  it('needs no MultiClusterHub, but says that there is no Deployment to start', async () => {
    const hub = hubWith({});
    hub.hasHubs = false;
    expect(await pauseClassic(hub, namespace, inTime())).toMatchObject([{ changed: true, text: 'scaled from 2 to 0' }]);
    hub.objects.clear();
    await expect(startClassic(hub, namespace, inTime())).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('switching clusters off for our controllers', () => {
  const hubOf = (annotations: Readonly<Record<string, JsonObject>>): Hub => {
    const hub = new Hub();
    for (const [name, metadata] of Object.entries(annotations)) hub.put(managedClusters, name, { metadata });
    return hub;
  };

  it('writes those alone that are not yet, whether they have annotations or not', async () => {
    const hub = hubOf({
      c1: {},
      c2: { annotations: { [pullModelAnnotation]: 'maestro', team: 'x' } },
      c3: { annotations: { [pullModelAnnotation]: 'classic' } },
    });
    expect(await switchOffClusters(hub, ['c1', 'c2', 'c3'], inTime())).toEqual(['c1', 'c2']);
    expect(['c1', 'c2', 'c3'].map((name) => annotationsOf(hub.of(managedClusters, name)))).toEqual([
      { [pullModelAnnotation]: 'classic' },
      { [pullModelAnnotation]: 'classic', team: 'x' },
      { [pullModelAnnotation]: 'classic' },
    ]);
    expect(await switchOffClusters(hub, ['c1', 'c2', 'c3'], inTime())).toEqual([]);
  });

  it('refuses a cluster that is not there, and one that is left to somebody else', async () => {
    const hub = hubOf({ c1: { annotations: { [pullModelAnnotation]: 'other' } } });
    await expect(switchOffClusters(hub, ['c1'], inTime())).rejects.toMatchObject({
      code: 'conflict',
      message: 'ManagedCluster c1 is left to "other"',
    });
    await expect(switchOffClusters(hub, ['c2'], inTime())).rejects.toMatchObject({ code: 'not-found' });
    expect(hub.patched).toEqual([]);
  });
});

describe('whether the classic model may write', () => {
  const places = { classicNamespace: namespace, ownNamespace: namespace };
  it.each<[string, Hub, RegExp | undefined]>([
    ['it runs', hubWith({ [pauseKey]: 'true' }), /^Deployment .* \(0 ready, 2 desired\)$/],
    [
      'a pod of it is still there',
      hubWith({ [pauseKey]: 'true' }, { spec: { replicas: 0 }, status: { readyReplicas: 1 } }),
      /1 ready, 0 desired/,
    ],
    ['its operator is awake', hubWith({}, { spec: { replicas: 0 }, status: {} }), /^MultiClusterHub .* is not paused/],
    ['it is stopped', hubWith({ 'mch-pause': 'true' }, { spec: { replicas: 0 }, status: {} }), undefined],
  ])('%s', async (_name, hub, says) => {
    const why = whyClassicMayWrite(await readPullModels(hub, places, inTime()));
    if (says === undefined) expect(why).toBeUndefined();
    else expect(why).toMatch(says);
  });

  it('it is switched off by its ConfigMap, whatever runs', async () => {
    const hub = hubWith({});
    hub.put({ group: '', version: 'v1', resource: 'configmaps' }, 'multicluster-integrations-config', {
      data: { 'config.yaml': 'pullModel: { basic: { disabled: true } }' },
    });
    expect(whyClassicMayWrite(await readPullModels(hub, places, inTime()))).toBeUndefined();
  });
});

it('the commands for doing it by hand un-pause by taking the annotation away', () => {
  const hub = (annotations: JsonObject): ReturnType<typeof multiClusterHubFact> =>
    multiClusterHubFact({ metadata: { namespace: 'ocm', name: 'multiclusterhub', annotations } });
  expect(pauseCommands([hub({})], 'ocm')).toEqual([
    `kubectl annotate multiclusterhub multiclusterhub -n ocm ${pauseKey}=true --overwrite`,
    'kubectl scale deployment multicluster-integrations -n ocm --replicas=0',
  ]);
  expect(startCommands([hub({ 'mch-pause': 'true' })], 'ocm')).toEqual([
    'kubectl scale deployment multicluster-integrations -n ocm --replicas=1',
    `kubectl annotate multiclusterhub multiclusterhub -n ocm ${pauseKey}- mch-pause-`,
  ]);
});
