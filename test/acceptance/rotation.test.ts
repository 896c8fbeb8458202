import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { StandIn } from '../../src/standin/index.ts';
import { createAuthority, type Issued } from '../clients/support/certificates.ts';
import { cli, startCli, until } from '../support/process.ts';
import { endpoints, manifestFile, testFolder, testStandIn } from './support/world.ts';

/** What one request showed of its sender. */
interface Caller {
  readonly token: string;
  /** Common name of its certificate. */
  readonly user: string;
  readonly status: number;
}

/** A door before REST that asks for a client certificate and a bearer token, and writes down who came. */
interface Door {
  readonly endpoint: string;
  readonly callers: Caller[];
  /** Who is let in. */
  admits: (caller: { readonly token: string; readonly user: string }) => boolean;
}

async function openDoor(standIn: StandIn, server: Issued, clientCa: string): Promise<Door> {
  const callers: Caller[] = [];
  const door: Door = { endpoint: '', callers, admits: () => true };
  const https = createServer(
    { cert: server.cert, key: server.key, ca: clientCa, requestCert: true, rejectUnauthorized: true },
    (incoming, outgoing) => {
      const token = (incoming.headers.authorization ?? '').replace(/^Bearer /, '');
      const user = String((incoming.socket as TLSSocket).getPeerCertificate().subject.CN);
      const status = door.admits({ token, user }) ? 200 : 401;
      callers.push({ token, user, status });
      if (status === 401) {
        outgoing.writeHead(401).end();
        return;
      }
      const onward = request(
        `${standIn.httpEndpoint}${incoming.url ?? ''}`,
        { method: incoming.method ?? 'GET' },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' });
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    },
  );
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    https.closeAllConnections();
    https.close();
  });
  return Object.assign(door, { endpoint: `https://127.0.0.1:${(https.address() as AddressInfo).port}` });
}

/** Replaces a file in one step, as a Secret volume does. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

test('a token file and a client certificate that rotate while wait runs: it goes on, with the new ones', async () => {
  const standIn = await testStandIn({ agent: { online: false } });
  const folder = testFolder();
  await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1'], { env: endpoints(standIn) });
  const authority = await createAuthority();
  const door = await openDoor(standIn, await authority.issue(), authority.cert);
  const files = {
    ca: join(folder, 'ca.crt'),
    cert: join(folder, 'tls.crt'),
    key: join(folder, 'tls.key'),
    token: join(folder, 'token'),
  };
  const [first, second] = [
    await authority.issue({ name: 'CN=first', client: true }),
    await authority.issue({ name: 'CN=second', client: true }),
  ];
  writeFileSync(files.ca, authority.cert);
  replace(files.cert, first.cert);
  replace(files.key, first.key);
  replace(files.token, 'token-one');

  const argv = [
    'wait',
    '--name=w',
    '--consumer=c1',
    '--for=Applied',
    '--timeout=25s',
    `--http-endpoint=${door.endpoint}`,
    `--http-ca-file=${files.ca}`,
    `--http-client-cert-file=${files.cert}`,
    `--http-client-key-file=${files.key}`,
    `--http-token-file=${files.token}`,
  ];
  const run = await startCli(argv);
  let ended = false;
  void run.done.then(() => (ended = true));
  const seen = async (what: string, test: (caller: Caller) => boolean): Promise<void> => {
    await until(what, () => {
      if (ended) throw new Error(`the wait ended: ${run.stderr()}`);
      return door.callers.some(test);
    });
  };

  await seen('it reads with the first of both', ({ token, user }) => token === 'token-one' && user === 'first');
  replace(files.token, 'token-two');
  await seen('it reads with the new token', ({ token, user }) => token === 'token-two' && user === 'first');
  // The certificate and its key come one after the other: in between they do not fit, and the old pair holds.
  replace(files.cert, second.cert);
  const before = door.callers.length;
  await until('it goes on with a pair that does not fit on disk', () => door.callers.length > before + 1);
  expect(door.callers.at(-1)?.user).toBe('first');
  replace(files.key, second.key);
  await seen('it reads with the new certificate', ({ token, user }) => token === 'token-two' && user === 'second');
  // From now on the old ones are refused; had it kept any, it would end here.
  door.admits = ({ token, user }) => token === 'token-two' && user === 'second';
  const rotated = door.callers.length;
  await until('it reads on', () => door.callers.length > rotated + 1);
  standIn.setAgent('c1', { online: true });

  const finished = await run.done;
  expect(finished.exitCode, finished.stderr).toBe(0);
  expect(finished.stdout).toContain('/w condition met: Applied (version 1)');
  expect(door.callers.filter(({ status }) => status !== 200)).toEqual([]);
});

test('a token that is refused while wait runs ends it as what it is, with what was seen so far', async () => {
  const standIn = await testStandIn({ agent: { online: false } });
  const folder = testFolder();
  const result = join(folder, 'result.json');
  await cli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1'], { env: endpoints(standIn) });
  const authority = await createAuthority();
  const client = await authority.issue({ name: 'CN=first', client: true });
  const door = await openDoor(standIn, await authority.issue(), authority.cert);
  const files = { ca: join(folder, 'ca.crt'), cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  replace(files.ca, authority.cert);
  replace(files.cert, client.cert);
  replace(files.key, client.key);
  const argv = [
    'wait',
    '--name=w',
    '--consumer=c1',
    '--for=Applied',
    '--timeout=25s',
    `--http-endpoint=${door.endpoint}`,
    `--http-ca-file=${files.ca}`,
    `--http-client-cert-file=${files.cert}`,
    `--http-client-key-file=${files.key}`,
    '--http-token=token-one',
    `--results-path=${result}`,
    '--results-format=adapter-result',
  ];
  const run = await startCli(argv);
  await until('it waits', () => door.callers.length > 2);
  door.admits = () => false;
  const finished = await run.done;
  expect(finished.exitCode).toBe(9);
  expect(finished.stderr).not.toContain('token-one');
  expect(JSON.parse(readFileSync(result, 'utf8'))).toMatchObject({
    status: 'failure',
    reason: 'Unauthenticated',
    manifestWorkName: 'w',
    consumer: 'c1',
    details: { exitCode: 9, version: 1 },
  });
});
