import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { KubeApi } from '../../../src/gitops/kube/kube-api.ts';
import { multiClusterHubFact } from '../../../src/gitops/model/pull-models.ts';
import { readPullModels } from '../../../src/gitops/survey/pull-models.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const places = { classicNamespace: 'ocm', ownNamespace: 'ours' };
const budget = createBudget(60_000, {
  clock: new ManualClock(),
  random: () => 0,
  signal: new AbortController().signal,
});
const pauseKey = 'installer.open-cluster-management.io/pause';
const multiClusterHub = (annotations: JsonObject): JsonObject => ({
  metadata: { namespace: 'ocm', name: 'multiclusterhub', annotations },
});

describe('the operator of MultiClusterHub', () => {
  it.each<[JsonObject, string | undefined]>([
    [{}, undefined],
    [{ [pauseKey]: 'true' }, pauseKey],
    [{ [pauseKey]: 'false' }, undefined],
    [{ 'mch-pause': 'true' }, 'mch-pause'],
    [{ 'mch-pause': 'True', [pauseKey]: 'false' }, undefined],
    [{ 'mch-pause': 'True', [pauseKey]: '' }, 'mch-pause'],
  ])('is paused by %o: %s', (annotations, pausedBy) => {
    expect(multiClusterHubFact(multiClusterHub(annotations))).toEqual({
      namespace: 'ocm',
      name: 'multiclusterhub',
      paused: pausedBy !== undefined,
      pausedBy,
    });
  });
});

describe('the two models', () => {
  it('are read with what is not there and what may not be seen told apart', async () => {
    const kube: Pick<KubeApi, 'get' | 'listPage'> = {
      get: async ({ resource }, { namespace, name }) => {
        if (resource === 'configmaps')
          throw new MaestroError('access-denied', 'may not get configmaps', { reason: 'Unauthorized' });
        if (namespace !== 'ocm') return undefined;
        return { metadata: { namespace, name, uid: 'u' }, spec: { replicas: 0 }, status: { readyReplicas: 1 } };
      },
      listPage: async () => {
        throw new MaestroError('not-found', 'no such kind');
      },
    };
    const found = await readPullModels(kube, places, budget);
    expect(found).toMatchObject({
      classic: { seen: true, value: { desiredReplicas: 0, readyReplicas: 1 } },
      maestro: { seen: true, value: undefined },
      switches: { seen: false, why: 'may not get configmaps' },
      hubs: { seen: true, value: [] },
    });
  });
});
