import { expect, it } from 'vitest';
import { hubFactsOf } from '../../../src/gitops/index/hub-facts.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { snapshotOf } from '../../../src/gitops/run/snapshot.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { hubObject } from '../bundle/application.ts';
import { setUp } from '../reconcile/set-up.ts';

it('counts all applications, and lets others have the event loop after every thousand', async () => {
  const clock = new ManualClock();
  const { controllers, store } = setUp({}, { clock });
  const facts = hubFactsOf(parseHubApplication(hubObject({})), '');
  for (let at = 0; at < 2_499; at += 1) store.index.setHub(store.index.getOrAdd(`argocd/app-${at}`), facts);
  const counting = snapshotOf(controllers);
  expect(clock.sleeping).toBe(1);
  const { applications, publishesInFlight } = await clock.finish(counting);
  expect(Object.values(applications).reduce((sum, count) => sum + count, 0)).toBe(2_500);
  expect(publishesInFlight).toBe(0);
});
