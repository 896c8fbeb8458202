import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { hubApp, key, setUp } from '../reconcile/set-up.ts';

test.each([
  ['when the release ends before the watch tells of it', () => undefined],
  ['when the watch tells of it before the release ends', (gone: () => void) => gone()],
])('the log says of a blocked application that is released only why it was not delivered, %s', async (_when, told) => {
  const { propagate, hubHandler, hub, infos, see } = setUp();
  see(hubApp({ cluster: 'nowhere', version: '11' }));
  await propagate();
  expect(infos.map(([what]) => what)).toEqual(['an application is not delivered']);
  const deleted = hubApp({ cluster: 'nowhere', version: '12' });
  const metadata = { ...(deleted['metadata'] as JsonObject), deletionTimestamp: '2026-01-01T00:00:00Z' };
  hub.now = { ...deleted, metadata };
  see(hub.now);
  hub.whilePatching = () => told(() => hubHandler.applicationSeen(key, undefined));
  await propagate();
  expect(hub.patches).toHaveLength(1);
  expect(infos.map(([what]) => what)).toEqual(['an application is not delivered']);
});
