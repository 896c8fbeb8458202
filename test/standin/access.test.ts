import { readFileSync, statSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startStandIn } from '../../src/standin/index.ts';
import type { StandIn, StandInAccess } from '../../src/standin/index.ts';
import { BareClient, workEvent } from './client.ts';

interface AccessRecording {
  readonly steps: readonly {
    readonly step: string;
    readonly publish?: { readonly code: number; readonly message?: string };
    readonly subscribe?: { readonly code: number; readonly message?: string };
    readonly handshake?: { readonly error: string };
  }[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/recordings/access.json', import.meta.url), 'utf8'),
) as AccessRecording;

const directory = mkdtempSync(join(tmpdir(), 'stand-in-access-'));
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

let runs = 0;
async function start(access: Omit<StandInAccess, 'directory'>): Promise<StandIn> {
  runs += 1;
  const standIn = await startStandIn({
    consumers: ['c1'],
    access: { ...access, directory: join(directory, String(runs)) },
  });
  open.push(standIn);
  return standIn;
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };

interface Answers {
  readonly publish: { readonly code: number; readonly message: string };
  /** Absent when the stream opened. */
  readonly subscribe?: { readonly code: number; readonly message: string };
}

/** One Publish and one Subscribe. */
async function attempt(
  endpoint: string,
  channel: ChannelCredentials,
  options: { source?: string; metadata?: Metadata; channelOptions?: object } = {},
): Promise<Answers> {
  const client = new BareClient(endpoint, channel, options.channelOptions);
  open.push(client);
  const { source = 'nodepool-adapter', metadata } = options;
  const event = workEvent('create', { id: crypto.randomUUID(), consumer: 'c1', source, manifests: [namespace] });
  const publish = await client.publish({ event }, metadata);
  const stream = client.subscribe(source, metadata);
  const ended = await Promise.race([stream.ended, stream.headers.then(() => undefined)]);
  stream.cancel();
  return { publish, ...(ended === undefined ? {} : { subscribe: { code: ended.code, message: ended.details } }) };
}

/** Texts without what changes from run to run: addresses of OpenSSL, times. */
function text(message: string | undefined): string {
  return (message ?? '')
    .replace(/[0-9A-F]{12,16}:error/g, 'error')
    .replace(/ \(\d{4}-[^)]*Z\)/g, '')
    .replace(/:\d+:/g, ':N:');
}

function expectRecorded(step: string, answers: Answers): void {
  const found = recorded.steps.find((candidate) => candidate.step === step);
  expect(answers.publish.code, step).toBe(found?.publish?.code);
  expect(text(answers.publish.message), step).toBe(text(found?.publish?.message));
  if (found?.publish?.code === 0) {
    expect(answers.subscribe, step).toBeUndefined();
    return;
  }
  expect(answers.subscribe?.code, step).toBe(found?.subscribe?.code);
  expect(text(answers.subscribe?.message), step).toBe(text(found?.subscribe?.message));
}

function clientCredentials(standIn: StandIn, pair?: 'client' | 'noOrganisation' | 'foreign'): ChannelCredentials {
  const files = standIn.certificates;
  if (files === undefined) throw new Error('no certificates');
  const ca = readFileSync(files.caFile);
  if (pair === undefined) return credentials.createSsl(ca);
  return credentials.createSsl(ca, readFileSync(files[`${pair}KeyFile`]), readFileSync(files[`${pair}CertFile`]));
}

const localhost = (standIn: StandIn): string => standIn.grpcEndpoint.replace('127.0.0.1', 'localhost');

describe('mtls', () => {
  it('lets certificates in and keeps them to their sources, as recorded', async () => {
    const standIn = await start({ mode: 'mtls', allowedSources: { 'nodepool-adapter': ['nodepool-adapter'] } });
    const endpoint = standIn.grpcEndpoint;
    expectRecorded('mtls-ok', await attempt(endpoint, clientCredentials(standIn, 'client')));
    expectRecorded(
      'mtls-source-not-allowed',
      await attempt(endpoint, clientCredentials(standIn, 'client'), { source: 'maestro-cli' }),
    );
    expectRecorded('mtls-no-organisation', await attempt(endpoint, clientCredentials(standIn, 'noOrganisation')));
    expectRecorded('mtls-no-client-certificate', await attempt(endpoint, clientCredentials(standIn)));
    expect((await attempt(localhost(standIn), clientCredentials(standIn, 'client'))).publish.code).toBe(0);
  });

  it('refuses the certificate of another CA', async () => {
    const standIn = await start({ mode: 'mtls' });
    const { publish, subscribe } = await attempt(standIn.grpcEndpoint, clientCredentials(standIn, 'foreign'));
    expect([publish.code, subscribe?.code]).toEqual([14, 14]);
  });
});

describe('token', () => {
  const bearer = (token: string): Metadata => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${token}`);
    return metadata;
  };

  it('answers as recorded', async () => {
    const standIn = await start({ mode: 'token', allowedSources: { 'nodepool-adapter': ['nodepool-adapter'] } });
    const endpoint = standIn.grpcEndpoint;
    const channel = clientCredentials(standIn);
    const token = readFileSync(standIn.certificates?.tokenFile ?? '', 'utf8');
    expectRecorded('token-ok', await attempt(endpoint, channel, { metadata: bearer(token) }));
    const foreign = { metadata: bearer(token), source: 'maestro-cli' };
    expectRecorded('token-source-not-allowed', await attempt(endpoint, channel, foreign));
    expectRecorded('token-missing', await attempt(endpoint, channel));
    expectRecorded('token-garbage', await attempt(endpoint, channel, { metadata: bearer('nonsense') }));
  });
});

describe('wrong transport settings', () => {
  it('look as recorded', async () => {
    const tls = await start({ mode: 'tls' });
    const plain = await startStandIn();
    open.push(plain);
    const foreignCa = credentials.createSsl(readFileSync(tls.certificates?.foreignCaFile ?? ''));
    const wrongHost = { channelOptions: { 'grpc.ssl_target_name_override': 'maestro.example.com' } };
    const unknown = await attempt(tls.grpcEndpoint, foreignCa);
    // The recording's client had the chain's leaf only; the code and the cause are what matters.
    expect(unknown.publish.code).toBe(14);
    expect(unknown.publish.message).toMatch(
      /unable to verify the first certificate|unable to get local issuer certificate/,
    );
    expectRecorded('wrong-host', await attempt(tls.grpcEndpoint, clientCredentials(tls), wrongHost));
    expectRecorded('plaintext-to-tls', await attempt(tls.grpcEndpoint, credentials.createInsecure()));
    expectRecorded('tls-to-plaintext', await attempt(plain.grpcEndpoint, clientCredentials(tls)));
    const restPort = new URL(plain.httpEndpoint).host;
    expectRecorded('grpc-to-rest-port', await attempt(restPort, credentials.createInsecure()));
  });

  it('refuse TLS 1.2 on both ports', async () => {
    const standIn = await start({ mode: 'tls' });
    const expected = recorded.steps.find(({ step }) => step === 'tls-1.2')?.handshake?.error;
    for (const port of [standIn.grpcEndpoint.split(':')[1], new URL(standIn.httpEndpoint).port]) {
      const code = await new Promise((resolve) => {
        const socket = connect({
          host: '127.0.0.1',
          port: Number(port),
          maxVersion: 'TLSv1.2',
          rejectUnauthorized: false,
        });
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
        socket.once('secureConnect', () => resolve('connected'));
      });
      expect(code).toBe(expected);
    }
  });

  it('show an expired server certificate', async () => {
    const standIn = await start({ mode: 'tls', expiredServerCertificate: true });
    const { publish } = await attempt(standIn.grpcEndpoint, clientCredentials(standIn));
    expect(publish.code).toBe(14);
    expect(publish.message).toContain('certificate has expired');
  });
});

describe('certificates', () => {
  it('are readable by their owner only, and serve REST', async () => {
    const standIn = await start({ mode: 'tls' });
    for (const file of Object.values(standIn.certificates ?? {}))
      expect(statSync(file as string).mode & 0o777).toBe(0o600);
    const dispatcher = new Agent({ connect: { ca: readFileSync(standIn.certificates?.caFile ?? '', 'utf8') } });
    const answer = await undiciFetch(`${standIn.httpEndpoint}/api/maestro/v1/consumers`, { dispatcher });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ items: [{ name: 'c1' }] });
    await dispatcher.close();
  });

  it('need a directory', async () => {
    await expect(startStandIn({ access: { mode: 'tls' } })).rejects.toMatchObject({ code: 'usage' });
  });
});
