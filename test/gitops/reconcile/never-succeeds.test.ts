import { expect, test } from 'vitest';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import { hubObject } from '../bundle/application.ts';
import { failureOf } from '../../clients/support/failure.ts';
import { soon, startHub, widgets } from '../kube/support/hub-client.ts';
import { hubApp, key, setUp } from './set-up.ts';

test('a name that is half a surrogate pair is refused before anything is sent', async () => {
  const { hub, api } = await startHub();
  const ref = { namespace: 'ns', name: 'half\ud800' };
  for (const call of [api.get(widgets, ref, soon()), api.jsonPatch(widgets, ref, [], soon())]) {
    expect(await failureOf(call)).toMatchObject({
      code: 'invalid-input',
      delivery: 'not-sent',
      message: '"half\\ud800" is no name that the hub could be asked for',
    });
  }
  expect(hub.asked).toEqual([]);
});

test('an application that cannot be asked for is parked with the reason, and not tried again and again', async () => {
  const { state, intake, propagator, maestro, warnings } = setUp();
  const odd = 'argocd/half\ud800';
  const metadata = { ...(hubApp()['metadata'] as JsonObject), name: 'half\ud800', uid: 'uid-odd' };
  intake.hubSeen(odd, parseHubApplication(hubObject({ ...hubApp(), metadata })));
  state.contents.delete(odd);
  state.deps.kube.get = () =>
    Promise.reject(
      new MaestroError('invalid-input', 'no name that the hub could be asked for', { delivery: 'not-sent' }),
    );
  await propagator.reconcile(odd);
  const app = state.index.get(odd);
  expect(app?.parked).toMatchObject({ reason: 'Invalid', message: 'no name that the hub could be asked for' });
  expect(app?.deliveryFailures).toBe(0);
  expect([maestro.published, warnings]).toEqual([[], []]);
});

test('what Maestro will never take is parked with its words', async () => {
  const { propagator, maestro, app } = setUp();
  maestro.refusal = new MaestroError('invalid-input', 'the manifest bundle in the resource is invalid', {
    reason: 'RefusedByServer',
    delivery: 'refused',
  });
  await propagator.reconcile(key);
  expect(app.parked).toMatchObject({
    reason: 'RefusedByServer',
    message: 'the manifest bundle in the resource is invalid',
  });
  expect(app.deliveryFailures).toBe(0);
});
