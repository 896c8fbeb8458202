import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectKube } from '../../../src/gitops/kube/connect-kube.ts';
import type { KubeSettings } from '../../../src/gitops/kube/kubeconfig.ts';
import { CredentialSource } from '../../../src/gitops/kube/credentials.ts';
import { loadHubConfig } from '../../../src/gitops/kube/kubeconfig.ts';
import { systemClock } from '../../../src/clock.ts';
import { createAuthority } from '../../clients/support/certificates.ts';
import { startConnectProxy } from '../../clients/support/connect-proxy.ts';
import { failureOf, thrownBy } from '../../clients/support/failure.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { FakeHub, status } from './support/fake-hub.ts';
import { connectBy, kubeconfigText, soon, startHub, temporaryFolder, widgets } from './support/hub-client.ts';

const one = { namespace: 'ns', name: 'a' };
const unauthorized = { status: 401, body: status(401, 'Unauthorized', 'Unauthorized') };

async function tlsHub(): Promise<{
  hub: FakeHub;
  port: number;
  authority: Awaited<ReturnType<typeof createAuthority>>;
}> {
  const authority = await createAuthority();
  const issued = await authority.issue();
  const hub = new FakeHub({
    cert: issued.cert,
    key: issued.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const port = await hub.start();
  onTestFinished(() => hub.close());
  hub.put('a');
  return { hub, port, authority };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('TLS', () => {
  it('trusts the CA of the kubeconfig and no other, whatever the environment says', async () => {
    const { port, authority } = await tlsHub();
    const other = await createAuthority('CN=other');
    const server = `https://127.0.0.1:${port}`;
    const good = await connectBy(kubeconfigText({ server, 'certificate-authority-data': base64(authority.cert) }));
    expect(await good.get(widgets, one, soon())).toBeDefined();
    const wrong = await connectBy(kubeconfigText({ server, 'certificate-authority-data': base64(other.cert) }));
    expect(await failureOf(wrong.get(widgets, one, soon()))).toMatchObject({
      code: 'access-denied',
      reason: 'TlsFailed',
      delivery: 'not-sent',
    });
    const none = await connectBy(kubeconfigText({ server }));
    expect(await failureOf(none.get(widgets, one, soon()))).toMatchObject({
      code: 'access-denied',
      reason: 'TlsFailed',
    });
    const skipping = await connectBy(kubeconfigText({ server, 'insecure-skip-tls-verify': true }));
    expect(await skipping.get(widgets, one, soon())).toBeDefined();
  });

  it('takes up a rotated client certificate with new connections, and ends the old ones', async () => {
    const { hub, port, authority } = await tlsHub();
    const folder = temporaryFolder();
    const rotate = async (name: string): Promise<void> => {
      const issued = await authority.issue({ name: `CN=${name}`, client: true });
      writeFileSync(join(folder, 'tls.crt'), issued.cert);
      writeFileSync(join(folder, 'tls.key'), issued.key);
    };
    await rotate('first');
    writeFileSync(join(folder, 'ca.crt'), authority.cert);
    const config = join(folder, 'config');
    writeFileSync(
      config,
      kubeconfigText(
        { server: `https://127.0.0.1:${port}`, 'certificate-authority': 'ca.crt' },
        { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' },
      ),
    );
    const clock = new ManualClock();
    const source = new CredentialSource(() => loadHubConfig({ kubeconfig: config }, {}), clock);
    onTestFinished(() => source.close());
    const first = await source.lend();
    await clock.advance(31_000);
    expect((await source.lend()).dispatcher).toBe(first.dispatcher);
    await rotate('second');
    expect((await source.lend()).dispatcher).toBe(first.dispatcher);
    await clock.advance(31_000);
    const second = await source.lend();
    expect(second.dispatcher).not.toBe(first.dispatcher);
    const answer = await second.dispatcher.request({
      origin: `https://127.0.0.1:${port}`,
      path: '/widgets',
      method: 'GET',
    });
    expect(answer.statusCode).toBe(200);
    await answer.body.dump();
    expect(source.openPools).toBe(1);
    expect(hub.connections).toBe(1);
  });

  it.each([
    ['half a certificate', 'tls.crt', 'half'],
    ['the certificate of another key', 'tls.crt', 'whole'],
    ['an empty certificate file', 'tls.crt', 'empty'],
    ['half a key', 'tls.key', 'half'],
    ['half a CA', 'ca.crt', 'half'],
    ['an empty CA file', 'ca.crt', 'empty'],
  ] as const)('keeps the last certificates while there is %s', async (_name, file, state) => {
    const authority = await createAuthority();
    const [first, second] = [await authority.issue({ client: true }), await authority.issue({ client: true })];
    const folder = temporaryFolder();
    const put = (texts: Readonly<Record<string, string>>): void =>
      Object.entries(texts).forEach(([name, text]) => writeFileSync(join(folder, name), text));
    put({ 'ca.crt': authority.cert, 'tls.crt': first.cert, 'tls.key': first.key });
    const config = join(folder, 'config');
    writeFileSync(
      config,
      kubeconfigText(
        { server: 'https://127.0.0.1:1', 'certificate-authority': 'ca.crt' },
        { 'client-certificate': 'tls.crt', 'client-key': 'tls.key' },
      ),
    );
    const clock = new ManualClock();
    const source = new CredentialSource(() => loadHubConfig({ kubeconfig: config }, {}), clock);
    onTestFinished(() => source.close());
    const before = await source.lend();
    const next = { 'ca.crt': `${authority.cert}\n`, 'tls.crt': second.cert, 'tls.key': second.key };
    const text = { empty: '', half: next[file].slice(0, next[file].length / 2), whole: next[file] }[state];
    put({ [file]: text });
    await clock.advance(31_000);
    expect((await source.lend()).dispatcher).toBe(before.dispatcher);
    expect(source.openPools).toBe(1);
    put(next);
    await clock.advance(31_000);
    expect((await source.lend()).dispatcher).not.toBe(before.dispatcher);
  });

  it('tells of certificates that cannot be used by the calls, which may heal', async () => {
    const { port, authority } = await tlsHub();
    const [first, second] = [await authority.issue({ client: true }), await authority.issue({ client: true })];
    const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(authority.cert) };
    const api = await connectBy(
      kubeconfigText(cluster, { 'client-certificate-data': base64(first.cert), 'client-key-data': base64(second.key) }),
    );
    const failure = await failureOf(api.get(widgets, one, soon()));
    expect(failure).toMatchObject({
      code: 'access-denied',
      reason: 'TlsFailed',
      transient: true,
      delivery: 'not-sent',
    });
    expect(failure.message).toContain('key does not belong to the certificate');
  });

  it('refuses plain HTTP unless it is meant', async () => {
    expect(await failureOf(connectBy(kubeconfigText({ server: 'http://127.0.0.1:1' })))).toMatchObject({
      code: 'usage',
    });
  });

  it('goes through the proxy of the environment, and of the kubeconfig', async () => {
    const { port, authority } = await tlsHub();
    const proxy = await startConnectProxy({ localhost: port, 'hub.example': port });
    onTestFinished(() => proxy.close());
    const cluster = {
      server: `https://hub.example:${port}`,
      'certificate-authority-data': base64(authority.cert),
      'tls-server-name': 'localhost',
    };
    const byEnv = await connectBy(kubeconfigText(cluster), {
      env: { HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` },
    });
    expect(await byEnv.get(widgets, one, soon())).toBeDefined();
    const byFile = await connectBy(kubeconfigText({ ...cluster, 'proxy-url': `http://127.0.0.1:${proxy.port}` }));
    expect(await byFile.get(widgets, one, soon())).toBeDefined();
    expect(proxy.asked).toEqual([
      { target: `hub.example:${port}`, authorization: `Basic ${base64('me:secret')}` },
      { target: `hub.example:${port}` },
    ]);
  });
});

describe('tokens', () => {
  const sentTokens = (hub: FakeHub): unknown[] => hub.asked.map(({ headers }) => headers.authorization);

  it('reads a token file again after half a minute', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'one\n');
    const clock = new ManualClock();
    const { hub, api } = await startHub({ clock }, { tokenFile: file });
    hub.put('a');
    const call = async (): Promise<unknown> =>
      api.get(widgets, one, { signal: new AbortController().signal, deadlineMs: Infinity });
    await call();
    writeFileSync(file, 'two\n');
    await call();
    await clock.advance(31_000);
    await call();
    expect(sentTokens(hub)).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
    expect(hub.connections).toBeLessThanOrEqual(2);
  });

  it('reads it again at once on a 401, and sends the call once more', async () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'one');
    const clock = new ManualClock();
    const { hub, api } = await startHub({ clock }, { tokenFile: file });
    hub.put('a');
    await clock.advance(5_000);
    writeFileSync(file, 'two');
    hub.next('any', unauthorized);
    expect(await api.get(widgets, one, { signal: new AbortController().signal, deadlineMs: 20_000 })).toBeDefined();
    expect(sentTokens(hub)).toEqual(['Bearer one', 'Bearer two']);
    await clock.advance(5_000);
    hub.next('any', unauthorized);
    hub.next('any', unauthorized);
    expect(
      await failureOf(api.get(widgets, one, { signal: new AbortController().signal, deadlineMs: 20_000 })),
    ).toMatchObject({ code: 'access-denied', reason: 'Unauthenticated' });
  });

  it('keeps the last token while its file cannot be read', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'token');
    writeFileSync(file, 'one');
    const config = join(folder, 'config');
    writeFileSync(config, kubeconfigText({ server: 'https://127.0.0.1:1' }, { tokenFile: 'token' }));
    const clock = new ManualClock();
    const source = new CredentialSource(() => loadHubConfig({ kubeconfig: config }, {}), clock);
    onTestFinished(() => source.close());
    await source.lend();
    writeFileSync(config, '{');
    await clock.advance(31_000);
    expect((await source.lend()).headers['authorization']).toBe('Bearer one');
  });

  it('runs a login plugin once, and again after a 401 only', async () => {
    const folder = temporaryFolder();
    const plugin = join(folder, 'login');
    writeFileSync(
      plugin,
      `#!/bin/sh\necho x >> "${folder}/runs"\nn=$(wc -l < "${folder}/runs" | tr -d ' ')\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"run-'$n'"}}'\n`,
    );
    chmodSync(plugin, 0o755);
    const clock = new ManualClock();
    const { hub, api } = await startHub(
      { clock },
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } },
    );
    hub.put('a');
    const call = async (): Promise<unknown> =>
      api.get(widgets, one, { signal: new AbortController().signal, deadlineMs: Infinity });
    await call();
    await clock.advance(60_000);
    await call();
    hub.next('any', unauthorized);
    await clock.advance(2_000);
    await call();
    expect(sentTokens(hub)).toEqual(['Bearer run-1', 'Bearer run-1', 'Bearer run-1', 'Bearer run-2']);
  });

  it('tells of a plugin that fails by the calls, without what it printed', async () => {
    const { api } = await startHub(
      {},
      {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'sh',
          args: ['-c', 'echo the-secret >&2; exit 1'],
        },
      },
    );
    const failure = await failureOf(api.get(widgets, one, soon()));
    expect(failure).toMatchObject({ code: 'access-denied', reason: 'Unauthenticated', transient: true });
    expect(JSON.stringify([failure.message, failure.hint, String(failure.cause)])).not.toContain('the-secret');
  });

  it('refuses a token that no header can hold, without repeating it', async () => {
    const failure = await failureOf(startHub({}, { token: 'a\nb-secret' }));
    expect(failure).toMatchObject({ code: 'access-denied' });
    expect(failure.message).not.toContain('secret');
  });
});

describe('kubeconfig', () => {
  const load = (settings: KubeSettings, env: Record<string, string> = {}): ReturnType<typeof loadHubConfig> =>
    loadHubConfig(settings, env);
  const file = (text: string): string => {
    const path = join(temporaryFolder(), 'config');
    writeFileSync(path, text);
    return path;
  };

  it('takes files of KUBECONFIG together, the first of a name counting', () => {
    const first = file(kubeconfigText({ server: 'https://first' }));
    const second = file(kubeconfigText({ server: 'https://second' }).replaceAll('"hub"', '"spoke"'));
    const config = load({ context: 'spoke' }, { KUBECONFIG: `${first}:${second}` });
    expect(config.getCurrentCluster()?.server).toBe('https://first');
    expect(load({}, { KUBECONFIG: `${first}:${second}` }).getCurrentContext()).toBe('hub');
  });

  it('takes ~/.kube/config, and the service account before it when told to', () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.kube'));
    writeFileSync(join(home, '.kube', 'config'), kubeconfigText({ server: 'https://home' }));
    const account = temporaryFolder();
    for (const name of ['token', 'ca.crt']) writeFileSync(join(account, name), 'x');
    writeFileSync(join(account, 'namespace'), 'maestro\n');
    const env = { HOME: home, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(load({ serviceAccountDirectory: account }, env).getCurrentCluster()?.server).toBe('https://home');
    const inCluster = load({ inCluster: true, serviceAccountDirectory: account }, env);
    expect(inCluster.getCurrentCluster()?.server).toBe('https://[fd00::1]:443');
    expect(inCluster.getContextObject('loaded-context')?.namespace).toBe('maestro');
  });

  it.each([
    [
      'a missing file',
      () => load({ kubeconfig: '/nowhere/config' }),
      /\/nowhere\/config cannot be used: it cannot be read: no such file or directory$/,
    ],
    [
      'what is no file',
      () => load({ kubeconfig: '/dev/null' }),
      /\/dev\/null cannot be used: it cannot be read: it is no regular file$/,
    ],
    ['no YAML', () => load({ kubeconfig: file('a: [token-secret') }), /no YAML/],
    ['another document', () => load({ kubeconfig: file('[]') }), /no mapping/],
    [
      'an unknown context',
      () => load({ kubeconfig: file(kubeconfigText({ server: 'https://x' })), context: 'nope' }),
      /no context "nope" \(there are: hub\)/,
    ],
    ['a cluster without a server', () => load({ kubeconfig: file(kubeconfigText({})) }), /server/],
    ['nothing at all', () => load({}), /no kubeconfig/],
  ])('says what is wrong with %s', (_what, act, message) => {
    const failure = thrownBy(act);
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('secret');
  });

  it('connects without sending anything', async () => {
    const api = await connectKube(
      { kubeconfig: file(kubeconfigText({ server: 'https://127.0.0.1:1/behind/proxy' })) },
      { clock: systemClock, env: {} },
    );
    expect(api.server).toBe('https://127.0.0.1:1');
    await api.close();
  });
});
