import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { systemClock } from '../../../src/clock.ts';
import { jwtClaims } from '../../../src/operations/doctor/token.ts';
import { startStandIn, type StandIn, type StandInOptions } from '../../../src/standin/index.ts';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const running = await startStandIn({ consumers: ['c1'], ...options });
  closers.push(async () => running.close());
  return running;
}

interface Shown {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

interface Doctored {
  readonly exitCode: number;
  readonly checks: Readonly<Record<string, Shown>>;
  readonly text: string;
}

async function doctor(
  argv: readonly string[],
  env: Record<string, string>,
  options: Parameters<typeof runCli>[1] = {},
): Promise<Doctored> {
  const run = await runCli(['doctor', '-o', 'json', ...argv], { ...options, env });
  const { checks } = JSON.parse(run.stdout) as { checks: Shown[] };
  return {
    exitCode: run.exitCode,
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
    text: run.stdout + run.stderr,
  };
}

function envOf(running: StandIn, more: Record<string, string> = {}): Record<string, string> {
  const { certificates } = running;
  const tls = certificates !== undefined;
  return {
    MAESTRO_HTTP_ENDPOINT: running.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `${tls ? 'grpcs' : 'grpc'}://${running.grpcEndpoint}`,
    ...(tls ? { MAESTRO_GRPC_SERVER_CA_FILE: certificates.caFile } : {}),
    ...more,
  };
}

const statuses = (checks: Doctored['checks']): Record<string, string> =>
  Object.fromEntries(Object.values(checks).map(({ name, status }) => [name, status]));

const names = [
  'settings',
  'http-proxy',
  'grpc-proxy',
  'http-dns',
  'grpc-dns',
  'http-tcp',
  'grpc-tcp',
  'http-certificate',
  'grpc-certificate',
  'http-tls',
  'grpc-tls',
  'http-token',
  'grpc-token',
  'rest',
  'publish',
  'subscribe',
  'consumer',
  'agent',
  'objects',
  'clock',
];

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

const jwt = (claims: object): string =>
  [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.c2ln';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n';

describe('a Maestro that works', () => {
  test('passes everything in the order of its layers, and is left as it was', async () => {
    const running = await standIn();
    const { exitCode, checks } = await doctor(['--consumer=c1'], envOf(running));
    expect(exitCode).toBe(0);
    expect(Object.keys(checks)).toEqual(names);
    expect(Object.values(checks).filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
    expect(checks['agent']).toMatchObject({
      status: 'skip',
      message: 'c1 has no works, so nothing tells of its agent',
    });
    expect(running.publishes().map(({ type }) => type)).toEqual(['maestro-cli.probe']);
    expect(running.subscriptions()).toBe(0);
  });

  test('asks for no rights with --no-probe', async () => {
    const running = await standIn();
    const { checks } = await doctor(['--no-probe'], envOf(running));
    expect(checks).toMatchObject({
      publish: { status: 'skip' },
      subscribe: { status: 'skip' },
      consumer: { status: 'skip' },
    });
    expect(running.publishes()).toEqual([]);
  });

  test('tells where each setting comes from and shows no secret', async () => {
    const running = await standIn({ access: { mode: 'token', directory: emptyFolder() } });
    const token = 'hush-hush';
    const { checks, text } = await doctor(['--source-id=me'], { ...envOf(running), MAESTRO_GRPC_TOKEN: token });
    expect(checks['settings']?.details?.['settings']).toEqual([
      { name: 'grpc-endpoint', value: `grpcs://${running.grpcEndpoint}`, from: 'environment' },
      { name: 'http-endpoint', value: running.httpEndpoint, from: 'environment' },
      { name: 'source-id', value: 'me', from: 'flag' },
      { name: 'grpc-server-ca-file', value: running.certificates?.caFile, from: 'environment' },
      { name: 'grpc-client-token', value: '(not shown)', from: 'environment' },
    ]);
    expect(text).not.toContain(token);
  });

  test.each(['tls', 'mtls', 'token'] as const)('shows what a handshake shows under %s', async (mode) => {
    const running = await standIn({ access: { mode, directory: emptyFolder() } });
    const files = running.certificates;
    const { exitCode, checks } = await doctor(
      [],
      envOf(running, {
        ...(mode === 'mtls'
          ? {
              MAESTRO_GRPC_CLIENT_CERT: files?.clientCertFile ?? '',
              MAESTRO_GRPC_CLIENT_KEY: files?.clientKeyFile ?? '',
            }
          : {}),
        ...(mode === 'token' ? { MAESTRO_GRPC_TOKEN_FILE: files?.tokenFile ?? '' } : {}),
      }),
    );
    expect(exitCode).toBe(0);
    expect(checks['grpc-tls']?.message).toMatch(/^TLSv1\.3, CN=maestro of CN=stand-in CA, until /);
    expect(checks['grpc-tls']?.details).toMatchObject({
      chain: [
        { subject: 'CN=maestro', names: ['DNS:localhost', 'IP Address:127.0.0.1'] },
        { subject: 'CN=stand-in CA' },
      ],
    });
    expect(checks['publish']?.details).toEqual({ source: 'maestro-cli', authorised: true });
    if (mode === 'mtls') expect(checks['grpc-certificate']?.message).toMatch(/CN=nodepool-adapter/);
    if (mode === 'token') expect(checks['grpc-token']?.message).toMatch(/no JWT/);
  });
});

describe('what stands in the way', () => {
  test('nothing listens: the rest of that side is skipped, the other goes on', async () => {
    const running = await standIn();
    const { exitCode, checks } = await doctor([], { ...envOf(running), MAESTRO_GRPC_ENDPOINT: 'grpc://127.0.0.1:1' });
    expect(exitCode).toBe(8);
    expect(checks).toMatchObject({
      'grpc-tcp': { status: 'fail', message: expect.stringContaining('connection refused') as string },
      publish: { status: 'skip', message: 'not looked at, because of grpc-tcp' },
      subscribe: { status: 'skip' },
      rest: { status: 'pass' },
    });
  });

  test('a name that does not resolve', async () => {
    const { exitCode, checks } = await doctor([], {
      MAESTRO_HTTP_ENDPOINT: 'http://nowhere.invalid:8000',
      MAESTRO_GRPC_ENDPOINT: 'grpc://nowhere.invalid:8090',
    });
    expect(exitCode).toBe(8);
    expect(checks['http-dns']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('Check the name') as string,
    });
    expect(statuses(checks)).toMatchObject({ 'http-tcp': 'skip', rest: 'skip', clock: 'skip' });
  });

  test.each([
    [
      'an unknown CA',
      { MAESTRO_GRPC_SERVER_CA_FILE: '' },
      { 'http-tls': 'fail', 'grpc-tls': 'fail', rest: 'skip', publish: 'skip' },
      /unknown CA/,
      9,
    ],
    [
      'an unreadable CA',
      { MAESTRO_GRPC_SERVER_CA_FILE: '/no/such/ca' },
      { 'grpc-certificate': 'fail', 'grpc-tls': 'skip', publish: 'skip' },
      /does not exist/,
      2,
    ],
  ])('%s', async (_name, env, expected, message, code) => {
    const running = await standIn({ access: { mode: 'tls', directory: emptyFolder() } });
    const { exitCode, checks } = await doctor([], { ...envOf(running), ...env });
    expect(statuses(checks)).toMatchObject(expected);
    expect(Object.values(checks).find(({ status }) => status === 'fail')?.message).toMatch(message);
    expect(exitCode).toBe(code);
  });

  test('skipping verification is a warning that names the trouble', async () => {
    const running = await standIn({ access: { mode: 'tls', directory: emptyFolder() } });
    const { exitCode, checks } = await doctor(['--insecure-skip-verify'], {
      ...envOf(running),
      MAESTRO_GRPC_SERVER_CA_FILE: '',
    });
    expect(exitCode).toBe(0);
    expect(checks['grpc-tls']).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/would not be trusted \(UNABLE/) as string,
    });
    expect(checks['publish']?.status).toBe('pass');
  });

  test('an expired server certificate, with its date', async () => {
    const running = await standIn({
      access: { mode: 'tls', directory: emptyFolder(), expiredServerCertificate: true },
    });
    const { exitCode, checks } = await doctor([], envOf(running));
    expect(exitCode).toBe(9);
    expect(checks['http-tls']?.message).toMatch(/the server certificate CN=maestro has expired on .*, 24h ago/);
  });

  test('a certificate that expires soon', async () => {
    const running = await standIn({ access: { mode: 'mtls', directory: emptyFolder() } });
    const files = running.certificates;
    const later: Clock = { ...systemClock, wallMs: () => Date.now() + 360 * 86_400_000 };
    const env = envOf(running, {
      MAESTRO_GRPC_CLIENT_CERT: files?.clientCertFile ?? '',
      MAESTRO_GRPC_CLIENT_KEY: files?.clientKeyFile ?? '',
    });
    const { checks } = await doctor(['--no-probe'], env, { clock: later });
    for (const name of ['grpc-certificate', 'grpc-tls', 'http-tls']) {
      expect(checks[name]).toMatchObject({
        status: 'warn',
        message: expect.stringMatching(/expires on .*, in [45]d/) as string,
      });
    }
    expect(checks['clock']).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/the clock here is 86(39|40)h\S* ahead of the server's/) as string,
    });
  });

  test('a client certificate that the server does not know, or without groups', async () => {
    const running = await standIn({ access: { mode: 'mtls', directory: emptyFolder() } });
    const files = running.certificates;
    const foreign = await doctor(
      [],
      envOf(running, {
        MAESTRO_GRPC_CLIENT_CERT: files?.foreignCertFile ?? '',
        MAESTRO_GRPC_CLIENT_KEY: files?.foreignKeyFile ?? '',
      }),
    );
    expect(foreign.checks['grpc-tls']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('may not accept the client certificate') as string,
    });
    expect(foreign.exitCode).toBe(8);
    const none = await doctor([], envOf(running));
    expect(none.checks['grpc-tls']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('requires a client certificate') as string,
    });
    const bare = await doctor(
      [],
      envOf(running, {
        MAESTRO_GRPC_CLIENT_CERT: files?.noOrganisationCertFile ?? '',
        MAESTRO_GRPC_CLIENT_KEY: files?.noOrganisationKeyFile ?? '',
      }),
    );
    expect(bare.checks['grpc-certificate']).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('names no organisation') as string,
    });
    expect(bare.checks['publish']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('group') as string,
    });
  });

  test('a source that is not allowed', async () => {
    const running = await standIn({
      access: { mode: 'mtls', directory: emptyFolder(), allowedSources: { 'nodepool-adapter': ['other'] } },
    });
    const files = running.certificates;
    const env = envOf(running, {
      MAESTRO_GRPC_CLIENT_CERT: files?.clientCertFile ?? '',
      MAESTRO_GRPC_CLIENT_KEY: files?.clientKeyFile ?? '',
    });
    const { exitCode, checks } = await doctor([], env);
    expect(exitCode).toBe(9);
    expect(checks['publish']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('the verb "pub" on the non-resource URL /sources/maestro-cli') as string,
    });
    expect(checks['subscribe']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('the verb "sub"') as string,
    });
    expect((await doctor(['--source-id=other'], env)).exitCode).toBe(0);
  });

  test('TLS against plaintext, and plaintext against TLS', async () => {
    const plain = await standIn();
    const tls = await standIn({ access: { mode: 'tls', directory: emptyFolder() } });
    const first = await doctor([], {
      MAESTRO_HTTP_ENDPOINT: plain.httpEndpoint.replace('http:', 'https:'),
      MAESTRO_GRPC_ENDPOINT: `grpcs://${plain.grpcEndpoint}`,
    });
    expect(first.checks['http-tls']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('use http://') as string,
    });
    expect(first.checks['grpc-tls']).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('--grpc-plaintext') as string,
    });
    const second = await doctor([], {
      MAESTRO_HTTP_ENDPOINT: tls.httpEndpoint.replace('https:', 'http:'),
      MAESTRO_GRPC_ENDPOINT: `grpc://${tls.grpcEndpoint}`,
    });
    expect(second.exitCode).toBe(second.checks['rest']?.message.includes('TLS') ? 9 : 8);
    expect(second.checks['publish']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('the server speaks TLS there') as string,
    });
  });

  test.each([
    ['a page of a proxy', 200, '<html>', /something other than Maestro answers/],
    ['another JSON', 200, '{"kind":"Pod"}', /not as Maestro does/],
    ['a 404', 404, 'not found', /something other than Maestro answers/],
    ['a 401', 401, '{}', /not authenticated/],
  ])('%s in place of REST', async (_name, status, body, message) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end(body)));
    const { exitCode, checks } = await doctor(['--no-probe', '--consumer=c1'], {
      MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${port}`,
      MAESTRO_GRPC_ENDPOINT: 'grpc://127.0.0.1:1',
    });
    expect(checks['rest']).toMatchObject({ status: 'fail', message: expect.stringMatching(message) as string });
    expect(statuses(checks)).toMatchObject({ consumer: 'skip', agent: 'skip', clock: 'skip' });
    expect(exitCode).toBe(8);
  });

  test('a server that takes connections and is silent ends within its bound', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => undefined).resume()));
    const { exitCode, checks } = await doctor(['--timeout=1s', '--no-probe'], {
      MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${port}`,
      MAESTRO_GRPC_ENDPOINT: `grpcs://127.0.0.1:${port}`,
    });
    expect(checks['grpc-tls']).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^no answer within/) as string,
    });
    expect(checks['rest']).toMatchObject({ status: 'fail', message: 'no time was left for this' });
    expect(exitCode).toBe(8);
  });

  test('a proxy that is in effect is the first hop', async () => {
    const running = await standIn();
    const { checks, text } = await doctor(['--no-probe'], {
      ...envOf(running),
      MAESTRO_HTTP_ENDPOINT: 'http://maestro.example:8000',
      HTTP_PROXY: 'http://me:hush@127.0.0.1:1',
    });
    expect(checks['http-proxy']?.message).toBe(
      'maestro.example:8000 goes through http://127.0.0.1:1 (HTTP_PROXY, with credentials)',
    );
    expect(checks['http-dns']).toMatchObject({ status: 'skip' });
    expect(checks['http-tcp']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('the proxy http://127.0.0.1:1') as string,
      hint: expect.stringContaining('--http-endpoint') as string,
    });
    expect(checks['grpc-proxy']?.message).toContain('NO_PROXY or its being local');
    expect(text).not.toContain('hush');
  });

  test('an interrupt ends it with 130', async () => {
    const running = await standIn();
    const stop = new AbortController();
    const { MaestroError } = await import('../../../src/errors.ts');
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    const run = await runCli(['doctor'], { env: envOf(running), signal: stop.signal });
    expect(run.exitCode).toBe(130);
  });
});

describe('tokens', () => {
  const hour = 3_600;
  const now = Math.floor(Date.now() / 1000);
  test.each([
    [
      'in date',
      jwt({ sub: 'system:serviceaccount:a:b', aud: ['maestro'], exp: now + hour }),
      'pass',
      /is system:serviceaccount:a:b for maestro, expires in (59m|60m|1h)/,
    ],
    ['expired', jwt({ sub: 'x', exp: now - hour }), 'fail', /has expired (60m|1h)/],
    ['not valid yet', jwt({ sub: 'x', exp: now + 2 * hour, nbf: now + hour }), 'fail', /not valid before/],
    ['about to expire', jwt({ sub: 'x', exp: now + 60 }), 'warn', /expires in \d+s/],
    ['without an end', jwt({ sub: 'x' }), 'warn', /never expires/],
    ['opaque', 'abc', 'pass', /no JWT/],
    ['empty', ' ', 'fail', /is empty/],
  ])('%s', async (_name, token, status, message) => {
    const running = await standIn({ access: { mode: 'tls', directory: emptyFolder() } });
    const file = join(emptyFolder(), 'token');
    writeFileSync(file, token);
    const { checks, text } = await doctor(['--no-probe'], envOf(running, { MAESTRO_GRPC_TOKEN_FILE: file }));
    expect(checks['grpc-token']).toMatchObject({ status, message: expect.stringMatching(message) as string });
    if (token.trim() !== '') expect(text).not.toContain(token);
    if (status === 'fail')
      expect(checks['publish']).toMatchObject({ status: 'skip', message: 'not looked at, because of grpc-token' });
  });

  test('are refused over plaintext', async () => {
    const running = await standIn();
    const { checks, exitCode } = await doctor([], envOf(running, { MAESTRO_GRPC_TOKEN: 'hush' }));
    expect(checks['grpc-token']).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('the connection is plaintext') as string,
    });
    expect(exitCode).toBe(2);
    expect(running.publishes()).toEqual([]);
  });

  test.each(['', 'a.b', 'a.b.c', '....', `${Buffer.from('[]').toString('base64url')}.e30.x`])(
    '%j is no JWT',
    (text) => {
      expect(jwtClaims(text)).toBeUndefined();
    },
  );
});

describe('consumer and agent', () => {
  test('an unknown consumer', async () => {
    const { exitCode, checks } = await doctor(['--consumer=nope'], envOf(await standIn()));
    expect(exitCode).toBe(3);
    expect(checks['consumer']).toMatchObject({ status: 'fail', message: 'there is no consumer named nope' });
    expect(checks['agent']?.status).toBe('skip');
  });

  test('an agent that reports, and one that never did', async () => {
    const running = await standIn({ consumers: ['c1', 'c2'], agents: { c2: { online: false } } });
    const files = { 'cm.yaml': manifest };
    const env = envOf(running);
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'cm.yaml'), files['cm.yaml']);
    expect(
      (await runCli(['apply', '-f', 'cm.yaml', '--name=w', '--consumer=c1', '--watch'], { cwd, env })).exitCode,
    ).toBe(0);
    expect((await runCli(['apply', '-f', 'cm.yaml', '--name=w', '--consumer=c2'], { cwd, env })).exitCode).toBe(0);
    const alive = await doctor(['--consumer=c1'], env);
    expect(alive.checks['agent']).toMatchObject({
      status: 'pass',
      message: expect.stringMatching(/^the agent of c1 last reported \d+s ago$/) as string,
    });
    const silent = await doctor(['--consumer=c2'], env);
    expect(silent.exitCode).toBe(0);
    expect(silent.checks['agent']).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('has never reported') as string,
    });
  });
});

test('on a terminal, or with FORCE_COLOR, statuses are coloured; NO_COLOR stops that', async () => {
  const running = await standIn();
  const coloured = await runCli(['doctor', '--no-probe'], { env: envOf(running), isTTY: true });
  expect(coloured.stdout).toContain('\u001B[32mpass\u001B[39m  rest');
  const forced = await runCli(['doctor', '--no-probe'], { env: { ...envOf(running), FORCE_COLOR: '1' } });
  expect(forced.stdout).toContain('\u001B[32mpass\u001B[39m  rest');
  const plain = await runCli(['doctor', '--no-probe'], { env: { ...envOf(running), NO_COLOR: '1' }, isTTY: true });
  expect(plain.stdout).not.toContain('\u001B');
  expect(plain.stdout).toMatch(/^pass {2}settings +no context is in use\n +grpc-endpoint +grpc:\/\/127/);
});
