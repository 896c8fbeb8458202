import { expect, it } from 'vitest';
import type { ControllerDeps } from '../../../src/gitops/run/controller-deps.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import type { Propagator } from '../../../src/gitops/deliver/reconcile.ts';
import { snapshotOf } from '../../../src/gitops/run/snapshot.ts';
import { ControllerState } from '../../../src/gitops/store/store.ts';
import { hubFactsOf } from '../../../src/gitops/index/hub-facts.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { hubObject } from '../bundle/application.ts';

it('counts all applications, and lets others have the event loop after every thousand', async () => {
  const clock = new ManualClock();
  const state = new ControllerState({
    clock,
    settings: { sourceId: 's', deliverNamespace: false, deliverProject: false },
    hubId: 'hub-1',
  } as unknown as ControllerDeps);
  const facts = hubFactsOf(parseHubApplication(hubObject({})), '');
  for (let at = 0; at < 2_500; at += 1) state.index.setHub(state.index.getOrAdd(`argocd/app-${at}`), facts);
  const counting = snapshotOf(state, { inFlight: 3, window: 8 } as Propagator);
  expect(clock.sleeping).toBe(1);
  const { applications, publishesInFlight } = await clock.finish(counting);
  expect(Object.values(applications).reduce((sum, count) => sum + count, 0)).toBe(2_500);
  expect(publishesInFlight).toBe(3);
});
