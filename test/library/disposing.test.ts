import { tmpdir } from 'node:os';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMaestroClient, MaestroError } from '../../src/index.ts';
import { createStandIn, startStandIn, type AccessMode } from '../../src/standin/index.ts';

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } };

it('ends clients, watches and stand-ins at the end of their block', async () => {
  let ended: Awaited<ReturnType<typeof createStandIn>>;
  {
    await using standIn = await createStandIn({ consumers: ['c1'] });
    await using client = await createMaestroClient(standIn.clientOptions());
    await using watch = client.watch();
    await client.works('c1').apply({ name: 'w', manifests: [namespace] });
    expect(await watch.next()).toMatchObject({ value: { name: 'w', consumer: 'c1' } });
    expect(standIn.subscriptions()).toBe(1);
    ended = standIn;
  }
  expect(ended.subscriptions()).toBe(0);
});

it('ends an iteration that waits for the next change when its watch is closed, and rejects one whose signal is aborted', async () => {
  await using standIn = await createStandIn({ consumers: ['c1'] });
  await using client = await createMaestroClient(standIn.clientOptions());
  const closed = client.watch();
  const next = closed.next();
  await closed.close();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(await closed.next()).toEqual({ done: true, value: undefined });

  const reason = new Error('enough');
  const ending = new AbortController();
  const aborted = client.watch({ signal: ending.signal });
  const waiting = aborted.next();
  ending.abort(reason);
  const error: unknown = await waiting.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(MaestroError);
  expect(error).toMatchObject({ code: 'interrupted', cause: reason });
});

it('ends a watch of a client that is closed with an error, so that it is not taken for complete', async () => {
  await using standIn = await createStandIn({ consumers: ['c1'] });
  const client = await createMaestroClient(standIn.clientOptions());
  const next = client.watch().next();
  await client.close();
  await expect(next).rejects.toMatchObject({ code: 'interrupted', message: 'the client was closed' });
});

it.each<AccessMode>(['plaintext', 'tls', 'mtls', 'token'])(
  'reaches a stand-in on ports by the options that it gives, under access mode %s',
  async (mode) => {
    const directory = mkdtempSync(join(tmpdir(), 'access-'));
    await using standIn = await startStandIn({ consumers: ['c1'], access: { mode, directory } });
    await using client = await createMaestroClient(standIn.clientOptions('mine'));
    expect(client.source).toBe('mine');
    expect(await client.works('c1').apply({ name: 'w', manifests: [namespace] })).toMatchObject({
      operation: 'created',
    });
    expect(standIn.publishes()).toHaveLength(1);
  },
);
