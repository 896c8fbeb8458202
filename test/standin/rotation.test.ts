import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { startStandIn } from '../../src/standin/index.ts';
import type { AccessMode, StandIn } from '../../src/standin/index.ts';
import { BareClient, workEvent } from './client.ts';
import { FakeClock } from './fake-clock.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(mode: AccessMode): Promise<{ readonly standIn: StandIn; readonly clock: FakeClock }> {
  const directory = mkdtempSync(join(tmpdir(), 'stand-in-rotation-'));
  open.push(() => rmSync(directory, { recursive: true }));
  const clock = new FakeClock();
  const standIn = await startStandIn({ consumers: ['c1'], access: { mode, directory }, clock });
  open.push(() => standIn.close());
  return { standIn, clock };
}

/** A client with the keys that stand in the files now; its gRPC code for a write, by a new connection each time. */
function clientOf({ grpcEndpoint, certificates }: StandIn): () => Promise<number> {
  if (certificates === undefined) throw new Error('no certificates');
  const { caFile, clientKeyFile, clientCertFile, tokenFile } = certificates;
  const [ca, key, certificate] = [caFile, clientKeyFile, clientCertFile].map((file) => readFileSync(file));
  if (ca === undefined || key === undefined || certificate === undefined) throw new Error('no files');
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${readFileSync(tokenFile, 'utf8')}`);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };
  return async () => {
    // Channels of one kind to one address share their connections, and those that stand outlive a rotation.
    const ofItsOwn = { 'grpc.use_local_subchannel_pool': 1 };
    const client = new BareClient(grpcEndpoint, credentials.createSsl(ca, key, certificate), ofItsOwn);
    open.push(() => client.close());
    const id = crypto.randomUUID();
    const event = workEvent('create', { id, consumer: 'c1', source: 'nodepool-adapter', manifests: [namespace] });
    return (await client.publish({ event }, metadata)).code;
  };
}

it.each([
  { mode: 'mtls' as const, refused: 14 },
  { mode: 'token' as const, refused: 2 },
])('$mode: takes the new keys and the old ones for as long as it is told, and then the new alone', async (one) => {
  const { standIn, clock } = await start(one.mode);
  const old = clientOf(standIn);
  await standIn.rotateKeys({ takesAfterMs: 100, refusesAfterMs: 300 });
  const fresh = clientOf(standIn);
  expect([await old(), await fresh()]).toEqual([0, one.refused]);
  await clock.advance(100);
  expect([await old(), await fresh()]).toEqual([0, 0]);
  await clock.advance(200);
  // The old files do not trust its new certificate either.
  expect([await old(), await fresh()]).toEqual([14, 0]);
});

it('tls: the new files trust its old certificate and its new one, and the old files the old alone', async () => {
  const { standIn, clock } = await start('tls');
  const old = clientOf(standIn);
  await standIn.rotateKeys({ refusesAfterMs: 300 });
  const fresh = clientOf(standIn);
  expect([await old(), await fresh()]).toEqual([0, 0]);
  await clock.advance(300);
  expect([await old(), await fresh()]).toEqual([14, 0]);
});

it('rotates again once a rotation has ended, and not before', async () => {
  const { standIn, clock } = await start('mtls');
  await standIn.rotateKeys({ refusesAfterMs: 300 });
  await expect(standIn.rotateKeys()).rejects.toMatchObject({ code: 'usage', message: 'a rotation is under way' });
  await clock.advance(300);
  await standIn.rotateKeys();
  expect(await clientOf(standIn)()).toBe(0);
});

it('has nothing to rotate in plaintext', async () => {
  const standIn = await startStandIn();
  open.push(() => standIn.close());
  await expect(standIn.rotateKeys()).rejects.toMatchObject({ code: 'usage' });
  const answer = await fetch(`${standIn.httpEndpoint}/api/standin/v1/keys`, { method: 'PUT', body: '{}' });
  expect(answer.status).toBe(400);
});
