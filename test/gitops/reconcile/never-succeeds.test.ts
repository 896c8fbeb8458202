import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import { hubObject } from '../bundle/application.ts';
import { failureOf } from '../../clients/support/failure.ts';
import { soon, startHub, widgets } from '../kube/support/hub-client.ts';
import { hubApp, setUp } from './set-up.ts';

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
  const { maestro, warnings, controllers, store, see, propagate, delivered } = setUp();
  const odd = 'argocd/half\ud800';
  const metadata = { ...(hubApp()['metadata'] as JsonObject), name: 'half\ud800', uid: 'uid-odd' };
  see(hubObject({ ...hubApp(), metadata }));
  store.contents.delete(odd);
  controllers.deps.kube.get = () =>
    Promise.reject(
      new MaestroError('invalid-input', 'no name that the hub could be asked for', { delivery: 'not-sent' }),
    );
  await propagate(odd);
  expect(delivered(odd).blocked).toMatchObject({
    reason: 'Invalid',
    message: 'no name that the hub could be asked for',
  });
  expect([maestro.published, warnings]).toEqual([[], []]);
});

test('what Maestro will never take is parked with its words', async () => {
  const { maestro, warnings, propagate, delivered } = setUp();
  maestro.refusal = new MaestroError('invalid-input', 'the manifest bundle in the resource is invalid', {
    reason: 'RefusedByServer',
    delivery: 'refused',
  });
  await propagate();
  expect(delivered().blocked).toMatchObject({
    reason: 'RefusedByServer',
    message: 'the manifest bundle in the resource is invalid',
  });
  expect(warnings).toEqual([]);
});
