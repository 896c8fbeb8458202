import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { StatusEvent } from '../../../src/clients/index.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { ProcessParts } from '../../../src/gitops/run/process.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { startStandIn, type IssuedFiles, type StandIn, type StandInAccess } from '../../../src/standin/index.ts';
import { createAuthority } from '../../clients/support/certificates.ts';
import { Relay } from '../../operations/watch/relay.ts';
import { eventually, kinds, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { source } from './bundles.ts';
import { fastClock } from './fast-clock.ts';
import { metric } from './scrape.ts';
import { StreamTap } from './stream-tap.ts';
import { at, createApp, namespace, settingsFor, skipped, startController, type RunningController } from './support.ts';
import { openTlsRelay } from './tls-relay.ts';

const second = 1_000;

/** Replaces a file in one step, as a Secret volume does. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

describe.skipIf(skipped)('the ways to Maestro and to the hub', { timeout: 60_000 }, () => {
  let rig: Rig;
  let controller: RunningController | undefined;
  let port = 0;

  const start = async (
    overrides: Partial<ControllerSettings> = {},
    parts: Partial<ProcessParts> = {},
    clock: Clock = systemClock,
  ): Promise<RunningController> => {
    [port = 0] = await freePorts(1);
    const address = { host: '127.0.0.1', port };
    controller = startController(rig, { healthAddress: address, metricsAddress: address, ...overrides }, parts, clock);
    return controller;
  };
  const probe = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${String(port)}/${path}`)).status;
  const ready = async (boundMs = 15 * second): Promise<void> => {
    await eventually(async () => expect(await probe('readyz')).toBe(200), boundMs);
  };
  const unready = async (): Promise<void> => {
    await eventually(async () => expect(await probe('readyz')).toBe(503), 15 * second);
    expect(await probe('livez')).toBe(200);
  };
  const health = async (name: string, expected = 'Healthy', boundMs = 20 * second): Promise<void> => {
    await eventually(
      async () => expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status')).toBe(expected),
      boundMs,
    );
  };
  const bundleOf = async (name: string): Promise<string> =>
    (await rig.maestroBundles()).find(({ metadata }) => metadata.name === `${namespace}-${name}`)?.id ?? '';
  /** Settings of the stand-in of the rig, by way of something in between. */
  const maestroBy = (ways: { readonly grpc?: number; readonly http?: number }): ControllerSettings['maestro'] => {
    const { maestro } = settingsFor(rig);
    return {
      ...maestro,
      ...(ways.grpc === undefined ? {} : { grpcEndpoint: { ...maestro.grpcEndpoint, port: ways.grpc } }),
      ...(ways.http === undefined ? {} : { httpEndpoint: `http://127.0.0.1:${String(ways.http)}` }),
    };
  };
  const relayTo = async (endpoint: string): Promise<Relay> => {
    const relay = await Relay.open(Number(endpoint.split(':').at(-1)));
    onTestFinished(() => relay.close());
    return relay;
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false, standIn: { heartbeatMs: 1_000 } });
    },
    async () => {
      await rig?.stop();
    },
  );

  beforeEach(() => {
    rig.standIn.clearFaults();
    rig.hub.front.clearFaults();
  });

  afterEach(async () => {
    rig.standIn.clearFaults();
    const ended = controller;
    controller = undefined;
    // Rejects when it had ended by itself.
    try {
      await ended?.stop();
    } finally {
      await forgetApps();
    }
  });

  const forgetApps = async (): Promise<void> => {
    // Nobody but this test holds them.
    for (const { metadata } of (await rig.hub.admin.list(kinds.applications)).items) {
      const ref = { namespace: metadata.namespace ?? '', name: metadata.name };
      await rig.hub.admin.mergePatch(kinds.applications, ref, { metadata: { finalizers: null } });
      await rig.hub.admin.delete(kinds.applications, ref);
    }
  };

  describe('Maestro is down', () => {
    test('at the start, and again later: the process waits, not ready, and catches up without duplicates', async () => {
      rig.standIn.setFault({ kind: 'refuse', channel: 'both' });
      await start();
      await createApp(rig, 'h1');
      await unready();
      // It has tried, more than once.
      await eventually(
        () => expect(controller?.lines.filter((line) => line.includes('the status stream')).length).toBeGreaterThan(1),
        15 * second,
      );
      await unready();
      expect(rig.publishes()).toEqual([]);
      rig.standIn.clearFaults();
      await ready();
      await health('h1');
      const id = await bundleOf('h1');
      expect(rig.publishes().map(({ kind }) => kind)).toEqual(['create']);

      rig.standIn.setFault({ kind: 'refuse', channel: 'both' });
      await unready();
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'h1' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      await createApp(rig, 'h1b', { cluster: 'c2' });
      await eventually(
        () =>
          expect(controller?.lines.some((line) => line.includes('will be tried again') && line.includes('h1b'))).toBe(
            true,
          ),
        15 * second,
      );
      rig.standIn.clearFaults();
      await health('h1b');
      await eventually(
        async () =>
          expect(
            at(await rig.hubApp(`${namespace}/h1`), 'status', 'sync', 'comparedTo', 'source', 'targetRevision'),
          ).toBe('main'),
        15 * second,
      );
      await ready();
      expect(rig.publishes({ id }).map(({ kind }) => kind)).toEqual(['create', 'update']);
      expect(rig.publishes({ id: await bundleOf('h1b') }).map(({ kind }) => kind)).toEqual(['create']);
      expect((await rig.maestroBundles()).map(({ version }) => version).sort()).toEqual([1, 2]);
    });

    test('for the answer only: what was carried out is not sent again', async () => {
      await start();
      await ready();
      rig.standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
      await createApp(rig, 'h1c');
      await health('h1c');
      const id = await bundleOf('h1c');
      expect(rig.publishes({ id })).toHaveLength(1);
      rig.standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'h1c' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      await eventually(
        async () =>
          expect(
            at(await rig.hubApp(`${namespace}/h1c`), 'status', 'sync', 'comparedTo', 'source', 'targetRevision'),
          ).toBe('main'),
        15 * second,
      );
      expect(rig.publishes({ id })).toHaveLength(2);
    });
  });

  describe('the status stream breaks', () => {
    test.each(['reset', 'half-open', 'server away'] as const)(
      '%s: noticed within 30 s, and what changed meanwhile arrives',
      async (what) => {
        const relay = await relayTo(rig.standIn.grpcEndpoint);
        const name = `h2-${what.replace(' ', '-')}`;
        const times = 10;
        await start({ maestro: maestroBy({ grpc: relay.port }), callTimeoutMs: 100 * second }, {}, fastClock(times));
        await createApp(rig, name);
        await createApp(rig, `${name}-gone`);
        await health(name);
        await health(`${name}-gone`);
        await ready();
        const opened = await metric(port, 'stream_connects_total');
        if (what === 'reset') relay.reset();
        else if (what === 'half-open') relay.swallow();
        else await relay.refuse();
        const brokenMs = performance.now();
        rig.spoke('c1').argo.setHealth(namespace, name, 'Degraded');
        const id = await bundleOf(name);
        // Maestro has the report, and nobody heard it over the stream.
        await eventually(async () =>
          expect(JSON.stringify((await rig.maestroBundles()).find((bundle) => bundle.id === id)?.status)).toContain(
            'Degraded',
          ),
        );
        if (what === 'server away') {
          await unready();
          await relay.heal();
        }
        await eventually(
          async () => expect(await metric(port, 'stream_connects_total')).toBeGreaterThan(opened),
          15 * second,
        );
        // 30 s of silence and the first steps of the back-off, in the time of the controllers.
        expect((performance.now() - brokenMs) * times).toBeLessThan(what === 'half-open' ? 60 * second : 100 * second);
        await health(name, 'Degraded');
        await ready();
        expect(rig.publishes({ id })).toHaveLength(1);
      },
    );

    test('half-open for reads too: what changed meanwhile is read over another connection', async () => {
      const [grpc, http] = [await relayTo(rig.standIn.grpcEndpoint), await relayTo(rig.standIn.httpEndpoint)];
      // A read is given up after ten seconds.
      await start(
        { maestro: maestroBy({ grpc: grpc.port, http: http.port }), callTimeoutMs: 50 * second },
        {},
        fastClock(5),
      );
      await createApp(rig, 'h2-rest');
      await health('h2-rest');
      await ready();
      http.swallow();
      await grpc.refuse();
      await unready();
      const id = await bundleOf('h2-rest');
      rig.spoke('c1').argo.setHealth(namespace, 'h2-rest', 'Degraded');
      await eventually(async () =>
        expect(JSON.stringify((await rig.maestroBundles()).find((bundle) => bundle.id === id)?.status)).toContain(
          'Degraded',
        ),
      );
      await grpc.heal();
      await health('h2-rest', 'Degraded');
      await ready();
    });

    // The writer keeps its connection after a call that ended without an answer (src/clients/grpc/writer.ts).
    test('half-open for publishes too: a publish without an answer is made again over another connection, and not twice', async () => {
      const relay = await relayTo(rig.standIn.grpcEndpoint);
      await start({ maestro: maestroBy({ grpc: relay.port }), callTimeoutMs: 2 * second });
      await createApp(rig, 'h2-publish');
      await health('h2-publish');
      relay.swallow();
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'h2-publish' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      const id = await bundleOf('h2-publish');
      await eventually(() => expect(rig.publishes({ id, kind: 'update' })).toHaveLength(1), 10 * second);
      await eventually(
        async () =>
          expect(
            at(
              await rig.spokeApp('c1', namespace, 'h2-publish'),
              'status',
              'sync',
              'comparedTo',
              'source',
              'targetRevision',
            ),
          ).toBe('main'),
        15 * second,
      );
      expect(rig.publishes({ id })).toHaveLength(2);
    });

    test('an application deleted while the end cannot be heard goes all the same', async () => {
      const relay = await relayTo(rig.standIn.grpcEndpoint);
      await start({ maestro: maestroBy({ grpc: relay.port }) });
      await createApp(rig, 'h2-end');
      await health('h2-end');
      rig.spoke('c1').agent.setOnline(false);
      await rig.hub.admin.delete(kinds.applications, { namespace, name: 'h2-end' });
      const id = await bundleOf('h2-end');
      await eventually(() => expect(rig.publishes({ id, kind: 'delete' })).toHaveLength(1));
      await relay.refuse();
      rig.spoke('c1').agent.setOnline(true);
      await eventually(async () => expect(await bundleOf('h2-end')).toBe(''));
      expect(await rig.hubApp(`${namespace}/h2-end`)).toBeDefined();
      await relay.heal();
      await eventually(async () => expect(await rig.hubApp(`${namespace}/h2-end`)).toBeUndefined(), 20 * second);
      expect(rig.publishes({ id, kind: 'delete' })).toHaveLength(1);
    });
  });

  describe('certificates and tokens', () => {
    /** A Maestro with access control, and agents of its own; with the settings by which it is reached. */
    const guarded = async (
      access: Omit<StandInAccess, 'directory'>,
    ): Promise<{
      readonly standIn: StandIn;
      readonly issued: IssuedFiles;
      readonly folder: string;
      readonly settings: ControllerSettings['maestro'];
    }> => {
      const folder = mkdtempSync(join(rig.folder, 'access-'));
      const standIn = await startStandIn({ consumers: ['c1', 'c2'], access: { ...access, directory: folder } });
      onTestFinished(() => standIn.close());
      const [host = '', grpcPort = ''] = standIn.grpcEndpoint.split(':');
      const { certificates: issued } = standIn;
      if (issued === undefined) throw new Error('no certificates');
      return {
        standIn,
        issued,
        folder,
        settings: {
          ...settingsFor(rig).maestro,
          grpcEndpoint: { host, port: Number(grpcPort), plaintext: false },
          httpEndpoint: standIn.httpEndpoint,
          grpcTls: { caFile: issued.caFile },
        },
      };
    };
    const copyTo = (folder: string, name: string, from: string): string => {
      const file = join(folder, name);
      replace(file, readFileSync(from, 'utf8'));
      return file;
    };
    /** Refused as long as the files are wrong, and let in once they are right. */
    const refusedThenLetIn = async (
      name: string,
      standIn: StandIn,
      settings: ControllerSettings['maestro'],
      said: RegExp,
      repair: () => void,
    ): Promise<void> => {
      await start({ maestro: settings });
      await createApp(rig, name);
      await eventually(
        () =>
          expect(
            controller?.lines.some((line) => said.test(line)),
            controller?.lines.join('\n'),
          ).toBe(true),
        15 * second,
      );
      await unready();
      expect(controller?.failure()).toBeUndefined();
      expect(standIn.publishes()).toEqual([]);
      repair();
      await ready(30 * second);
      await eventually(
        () => expect(standIn.publishes().map(({ type }) => type.split('.').at(-1))).toEqual(['create_request']),
        30 * second,
      );
    };

    test('Maestro: an unknown CA is refused, and the right one taken from its file', async () => {
      const { standIn, issued, folder, settings } = await guarded({ mode: 'tls' });
      const caFile = copyTo(folder, 'our-ca.crt', issued.foreignCaFile);
      await refusedThenLetIn('h3-ca', standIn, { ...settings, grpcTls: { caFile } }, /certificate/, () =>
        replace(caFile, readFileSync(issued.caFile, 'utf8')),
      );
    });

    test('Maestro: a client certificate that it does not know, and then one that it does', async () => {
      const { standIn, issued, folder, settings } = await guarded({ mode: 'mtls' });
      const [clientCertFile, clientKeyFile] = [
        copyTo(folder, 'our.crt', issued.foreignCertFile),
        copyTo(folder, 'our.key', issued.foreignKeyFile),
      ];
      await refusedThenLetIn(
        'h3-client',
        standIn,
        { ...settings, grpcTls: { caFile: issued.caFile, clientCertFile, clientKeyFile } },
        /the status stream|the controllers stopped/,
        () => {
          replace(clientCertFile, readFileSync(issued.clientCertFile, 'utf8'));
          replace(clientKeyFile, readFileSync(issued.clientKeyFile, 'utf8'));
        },
      );
    });

    test('Maestro: a token that it does not know, and then one that it does', async () => {
      const { standIn, issued, folder, settings } = await guarded({ mode: 'token' });
      const file = join(folder, 'our-token');
      replace(file, 'an-old-token');
      await refusedThenLetIn('h3-token', standIn, { ...settings, grpcToken: { file } }, /token not authenticated/, () =>
        replace(file, readFileSync(issued.tokenFile, 'utf8')),
      );
      expect(controller?.lines.join('\n')).not.toContain('an-old-token');
      expect(controller?.lines.join('\n')).not.toContain(readFileSync(issued.tokenFile, 'utf8').trim());
    });

    test('Maestro: an expired certificate is refused, at the start and in the middle, until it is renewed', async () => {
      const [authority, other] = [await createAuthority(), await createAuthority('CN=next ca')];
      const expired = await authority.issue({
        notBefore: new Date(Date.now() - 7_200_000),
        notAfter: new Date(Date.now() - 3_600_000),
      });
      const grpc = await openTlsRelay(expired, Number(rig.standIn.grpcEndpoint.split(':').at(-1)));
      const http = await openTlsRelay(expired, Number(rig.standIn.httpEndpoint.split(':').at(-1)));
      onTestFinished(async () => void (await Promise.all([grpc.close(), http.close()])));
      const caFile = join(mkdtempSync(join(rig.folder, 'relay-')), 'ca.crt');
      replace(caFile, authority.cert);
      // What other tests left may be collected meanwhile.
      const id = bundleId(source, 'c1', `${namespace}-h3-expired`);
      const { maestro } = settingsFor(rig);
      await start({
        maestro: {
          ...maestro,
          grpcEndpoint: { host: '127.0.0.1', port: grpc.port, plaintext: false },
          httpEndpoint: `https://127.0.0.1:${String(http.port)}`,
          grpcTls: { caFile },
        },
      });
      await createApp(rig, 'h3-expired');
      await eventually(
        () =>
          expect(
            controller?.lines.some((line) => /expired/.test(line)),
            controller?.lines.join('\n'),
          ).toBe(true),
        15 * second,
      );
      await unready();
      expect(rig.publishes({ id })).toEqual([]);
      const present = async (from = authority, options = {}): Promise<void> => {
        const server = await from.issue(options);
        for (const relay of [grpc, http]) relay.present(server);
      };
      await present();
      await health('h3-expired', 'Healthy', 30 * second);
      await ready();
      // Then it expires while it is in use.
      for (const relay of [grpc, http]) relay.present(expired);
      await unready();
      rig.spoke('c1').argo.setHealth(namespace, 'h3-expired', 'Degraded');
      await present();
      await health('h3-expired', 'Degraded', 30 * second);
      await ready();
      // And the next authority takes over, by way of a file that trusts both.
      replace(caFile, authority.cert + '\n' + other.cert);
      await present(other);
      rig.spoke('c1').argo.setHealth(namespace, 'h3-expired', 'Healthy');
      await health('h3-expired', 'Healthy', 30 * second);
      expect(rig.publishes({ id })).toHaveLength(1);
    });

    test('the hub: an unknown CA and an expired certificate are refused; a CA, a certificate and a token that rotate are picked up', async () => {
      const [authority, other] = [await createAuthority(), await createAuthority('CN=another ca')];
      const hub = await openTlsRelay(await authority.issue(), Number(new URL(rig.hub.url).port), {
        ca: readFileSync(rig.hub.caFile),
      });
      onTestFinished(() => hub.close());
      const folder = mkdtempSync(join(rig.folder, 'hub-'));
      const [caFile, tokenFile, kubeconfig] = [
        join(folder, 'ca.crt'),
        join(folder, 'token'),
        join(folder, 'kubeconfig'),
      ];
      replace(caFile, other.cert);
      replace(tokenFile, 'first-token');
      rig.hub.front.setToken('first-token', 'first');
      writeFileSync(
        kubeconfig,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [
            {
              name: 'hub',
              cluster: { server: `https://127.0.0.1:${String(hub.port)}`, 'certificate-authority': caFile },
            },
          ],
          users: [{ name: 'us', user: { tokenFile } }],
          contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'us' } }],
          'current-context': 'hub',
        }),
        { mode: 0o600 },
      );
      rig.hub.front.forget();
      await createApp(rig, 'h3-hub');
      // Files of the hub are read again every 30 s.
      await start({ hub: { kubeconfig, inCluster: false }, callTimeoutMs: 100 * second }, {}, fastClock(10));
      await eventually(
        () =>
          expect(
            controller?.lines.some((line) => /certificate/.test(line)),
            controller?.lines.join('\n'),
          ).toBe(true),
        15 * second,
      );
      await unready();
      expect(rig.hub.front.requests({ user: 'first' })).toEqual([]);
      replace(caFile, authority.cert);
      await health('h3-hub', 'Healthy', 30 * second);
      await ready();

      hub.present(
        await authority.issue({
          notBefore: new Date(Date.now() - 7_200_000),
          notAfter: new Date(Date.now() - 3_600_000),
        }),
      );
      await eventually(
        () =>
          expect(
            controller?.lines.some((line) => /expired/.test(line)),
            controller?.lines.join('\n'),
          ).toBe(true),
        15 * second,
      );
      rig.spoke('c1').argo.setHealth(namespace, 'h3-hub', 'Degraded');
      hub.present(await authority.issue());
      await health('h3-hub', 'Degraded', 30 * second);

      replace(tokenFile, 'second-token');
      rig.hub.front.setToken('second-token', 'second');
      rig.hub.front.setToken('first-token', undefined);
      rig.spoke('c1').argo.setHealth(namespace, 'h3-hub', 'Suspended');
      await health('h3-hub', 'Suspended', 30 * second);
      expect(rig.hub.front.requests({ user: 'second', verb: 'patch', name: 'h3-hub' }).length).toBeGreaterThan(0);
      expect(controller?.lines.join('\n')).not.toMatch(/first-token|second-token/);
    });
  });

  describe('size and slowness', () => {
    test('an event of nearly 4 MiB is received', async () => {
      const tap = new StreamTap();
      await start({}, { connectMaestro: tap.connectMaestro });
      const padding = {
        name: 'padding',
        fieldValue: { type: 'JsonRaw', jsonRaw: JSON.stringify('x'.repeat(4 * 1_048_576 - 65_536)) },
      };
      rig.spoke('c1').agent.intercept((status) => ({
        ...status,
        manifests: status.manifests.map((manifest) => ({ ...manifest, feedback: [padding, ...manifest.feedback] })),
      }));
      onTestFinished(() => rig.spoke('c1').agent.intercept((status) => status));
      await createApp(rig, 'h4');
      await health('h4', 'Healthy', 40 * second);
      const sizes = tap.of(await bundleOf('h4')).map(({ data }) => Buffer.byteLength(JSON.stringify(data)));
      expect(Math.max(...sizes)).toBeGreaterThan(4 * 1_048_576 - 65_536);
      expect(await metric(port, 'stream_connects_total')).toBe(1);
      expect(at(await rig.hubApp(`${namespace}/h4`), 'status')).toEqual(
        at(await rig.spokeApp('c1', namespace, 'h4'), 'status'),
      );
    });

    test('a read that hangs delays neither reports nor publishes of others', async () => {
      const tap = new StreamTap();
      await start({}, { connectMaestro: tap.connectMaestro });
      await createApp(rig, 'h4-slow', { cluster: 'c1' });
      await createApp(rig, 'h4-quick', { cluster: 'c2' });
      await health('h4-slow');
      await health('h4-quick');
      const [last] = tap.of(await bundleOf('h4-slow')).slice(-1) as [StatusEvent];
      const slowMs = 8 * second;
      rig.standIn.setFault({ kind: 'delay', channel: 'http', ms: slowMs, count: 1 });
      const startMs = performance.now();
      // Maestro is asked about an id that nobody knows, and takes its time.
      tap.inject({ ...last, id: '00000000-0000-5000-8000-000000000000' });
      for (const word of ['Degraded', 'Healthy']) {
        rig.spoke('c2').argo.setHealth(namespace, 'h4-quick', word);
        await health('h4-quick', word);
      }
      await createApp(rig, 'h4-new', { cluster: 'c2' });
      await health('h4-new');
      await rig.hub.admin.mergePatch(
        kinds.applications,
        { namespace, name: 'h4-slow' },
        { spec: { source: { targetRevision: 'main' } } },
      );
      await eventually(async () =>
        expect(
          at(await rig.hubApp(`${namespace}/h4-slow`), 'status', 'sync', 'comparedTo', 'source', 'targetRevision'),
        ).toBe('main'),
      );
      expect(performance.now() - startMs).toBeLessThan(slowMs);
    });
  });
});
