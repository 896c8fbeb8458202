import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/json.ts';
import type { RigBinaries } from './binaries.ts';
import type { KeyPair, RigKeys } from './certificates.ts';
import { KubeClient, kinds, kubeconfigText } from './kube-client.ts';
import { startServer } from './processes.ts';
import type { Server } from './processes.ts';
import { eventually, freePorts } from './wait.ts';

const startBoundMs = 60_000;
/** Etcd takes no more operations in one transaction, and no more than a megabyte and a half. */
const putsAtOnce = 100;

/** One etcd for all servers of a rig. */
export interface Etcd {
  readonly url: string;
  /** Forgets all revisions but the latest, so that list continuations from before are answered with 410. */
  compact(): Promise<void>;
  /** Puts values under keys as they are, past any API server. */
  put(entries: readonly (readonly [key: string, value: string])[]): Promise<void>;
  /** Moves the revision on without any object changing. */
  bump(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEtcd(binaries: RigBinaries, folder: string): Promise<Etcd> {
  return withFreePorts(2, async ([port, peerPort]) => {
    const url = `http://127.0.0.1:${String(port)}`;
    const peerUrl = `http://127.0.0.1:${String(peerPort)}`;
    const server = startServer(binaries.etcd, [
      `--data-dir=${mkdtempSync(join(folder, 'etcd-'))}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      // Alone, it is elected as soon as it asks; the default waits a second first.
      '--heartbeat-interval=20',
      '--election-timeout=200',
      // What a test run writes need not outlive the machine.
      '--unsafe-no-fsync',
      '--logger=zap',
      '--log-level=error',
    ]);
    const call = async (path: string, body: JsonObject): Promise<JsonObject> => {
      const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`etcd ${path}: ${String(answer.status)} ${await answer.text()}`);
      return (await answer.json()) as JsonObject;
    };
    await started('etcd', server, async () => {
      await call('/v3/maintenance/status', {});
    });
    const revision = async (): Promise<string> => {
      const { header } = await call('/v3/maintenance/status', {});
      return (header as { revision: string }).revision;
    };
    return {
      url,
      compact: async () => {
        await call('/v3/kv/compaction', { revision: await revision(), physical: true });
      },
      put: async (entries) => {
        const base64 = (text: string): string => Buffer.from(text).toString('base64');
        for (let at = 0; at < entries.length; at += putsAtOnce) {
          const success = entries
            .slice(at, at + putsAtOnce)
            .map(([key, value]) => ({ requestPut: { key: base64(key), value: base64(value) } }));
          await call('/v3/kv/txn', { success });
        }
      },
      bump: async () => {
        await call('/v3/kv/put', { key: Buffer.from('/rig/bump').toString('base64'), value: '' });
      },
      stop: () => server.stop(),
    };
  });
}

/** An API server of its own etcd prefix, with its definitions served. */
export interface ApiServer {
  readonly url: string;
  /** Past the front: no fault strikes it and nothing is recorded. */
  client(fieldManager?: string): KubeClient;
  /** Creates definitions and waits until they are served. */
  define(definitions: readonly JsonObject[]): Promise<void>;
  /** Kills the server and starts it again on the same port; `meanwhile` runs while it is down. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiServerOptions {
  readonly binaries: RigBinaries;
  readonly etcd: Etcd;
  /** Becomes the etcd prefix. */
  readonly name: string;
  readonly keys: RigKeys;
  readonly folder: string;
  readonly definitions: readonly JsonObject[];
  /** How much memory its garbage collector leaves it; thousands of objects need more. */
  readonly memoryLimit?: string;
}

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  return withFreePorts(1, async ([port]) => {
    const url = `https://127.0.0.1:${String(port)}`;
    const folder = mkdtempSync(join(options.folder, `${options.name}-`));
    const run = await serverCommand(options, folder, url, port);
    const clients: KubeClient[] = [];
    const client = (fieldManager = 'rig'): KubeClient => {
      const { ca, admin } = options.keys;
      const made = new KubeClient({ url, ca, ...admin, fieldManager });
      clients.push(made);
      return made;
    };
    let server = run();
    const admin = client();
    const ready = (): Promise<void> =>
      started('apiextensions-apiserver', server, async () => {
        // Not /readyz: it waits for the list of Services, which no server of the rig has.
        await admin.list(kinds.customResourceDefinitions);
      });
    await ready();
    await define(admin, options.definitions);
    return {
      url,
      client,
      define: (definitions) => define(admin, definitions),
      restart: async (meanwhile) => {
        await server.stop();
        await meanwhile?.();
        server = run();
        await ready();
        await served(admin, options.definitions);
      },
      stop: async () => {
        for (const one of clients) one.close();
        await server.stop();
      },
    };
  });
}

async function serverCommand(
  { binaries, etcd, name, keys, memoryLimit = '400MiB' }: ApiServerOptions,
  folder: string,
  url: string,
  port: number,
): Promise<() => Server> {
  const files = writePair(folder, 'server', keys.server);
  const admin = writePair(folder, 'admin', keys.admin);
  const caFile = join(folder, 'ca.crt');
  writeFileSync(caFile, keys.ca);
  const kubeconfig = join(folder, 'kubeconfig');
  // The server asks for the configuration of a main API server, which it never calls.
  writeFileSync(kubeconfig, kubeconfigText({ url, caFile, ...admin }), { mode: 0o600 });
  const argv = [
    `--etcd-servers=${etcd.url}`,
    `--etcd-prefix=/${name}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${String(port)}`,
    `--tls-cert-file=${files.certFile}`,
    `--tls-private-key-file=${files.keyFile}`,
    `--client-ca-file=${caFile}`,
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--authentication-skip-lookup',
    '--disable-admission-plugins=NamespaceLifecycle,MutatingAdmissionPolicy,MutatingAdmissionWebhook,ValidatingAdmissionPolicy,ValidatingAdmissionWebhook',
    '--enable-priority-and-fairness=false',
  ];
  // Two cores are shared by all the servers of a test run.
  return () => startServer(binaries.apiServer, argv, { GOMAXPROCS: '2', GOMEMLIMIT: memoryLimit });
}

export function writePair(folder: string, name: string, { cert, key }: KeyPair): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  return { certFile, keyFile };
}

async function define(client: KubeClient, definitions: readonly JsonObject[]): Promise<void> {
  await Promise.all(definitions.map((definition) => client.create(kinds.customResourceDefinitions, definition)));
  await served(client, definitions);
}

/** Established is not enough: the handler of a new kind is there a moment later. */
async function served(client: KubeClient, definitions: readonly JsonObject[]): Promise<void> {
  const kindsOf = definitions.map((definition) => {
    const { group, names, versions } = definition['spec'] as unknown as {
      group: string;
      names: { plural: string };
      versions: { name: string }[];
    };
    return { group, version: versions[0]?.name ?? '', resource: names.plural };
  });
  await eventually(() => Promise.all(kindsOf.map((kind) => client.list(kind))), startBoundMs);
}

/** Waits until the probe passes, and fails at once when the program ends. */
async function started(what: string, server: Server, probe: () => Promise<void>): Promise<void> {
  const endMs = performance.now() + startBoundMs;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      const reason = server.exit() ?? (performance.now() > endMs ? String(error) : undefined);
      if (reason !== undefined) {
        await server.stop();
        throw new Error(`${what} did not start: ${reason}\n${server.log()}`, { cause: error });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port can be taken between asking for it and listening on it; then others are tried. */
async function withFreePorts<T>(
  count: number,
  start: (ports: readonly [number, ...number[]]) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const [first = 0, ...rest] = await freePorts(count);
    try {
      return await start([first, ...rest]);
    } catch (error) {
      if (tries === 3 || !/address already in use/.test(String(error))) throw error;
    }
  }
}
