import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { DispatcherOptions } from '@kubernetes/client-node';
import { parse as parseYaml } from 'yaml';
import { proxyFor, proxySettings } from '../../clients/proxy.ts';
import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { fileFault } from '../../io/file-fault.ts';
import { readRegularFile } from '../../io/read-file.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';

/**
 * How the hub is reached, in the order of kubectl: a named file, KUBECONFIG, ~/.kube/config, then the pod's service
 * account.
 */
export interface KubeSettings {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Takes the pod's service account, whatever kubeconfig there is. */
  readonly inCluster?: boolean;
  /** Where the pod's token, CA and namespace are mounted, when not in the usual place. */
  readonly serviceAccountDirectory?: string;
  /** Sent as User-Agent. */
  readonly userAgent?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A kubeconfig may hold certificates of many clusters. */
const maxFileBytes = 16 * 1024 * 1024;

const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * KubeConfig of the Kubernetes client, which knows every way to log in, without
 * its habit of making a new pool of connections for every call: it notes what
 * the pool should be like, and `credentials.ts` makes one when that changes.
 */
export class HubConfig extends KubeConfig {
  pool: DispatcherOptions | undefined;

  override createDispatcherOptions(
    ...[cluster, options]: Parameters<KubeConfig['createDispatcherOptions']>
  ): DispatcherOptions {
    // Told or not, certificates are verified: the environment of the process cannot turn that off.
    this.pool = super.createDispatcherOptions(cluster, {
      ...options,
      rejectUnauthorized: options.rejectUnauthorized ?? true,
    });
    return this.pool.type === 'socks' ? this.pool : { type: 'none' };
  }
}

/** True when reading the configuration anew costs nothing but a few small files: no plugin runs, nothing is fetched. */
export function isCheapToReload(config: HubConfig): boolean {
  const user = config.getCurrentUser();
  if (user === null) return true;
  const provider = user.authProvider as { readonly name?: string } | null | undefined;
  const usesProvider = provider !== null && provider !== undefined && provider.name !== 'tokenFile';
  return !usesProvider && (user.exec === undefined || user.exec === null);
}

/**
 * Reads kubeconfig files, or what a pod finds of its service account.
 *
 * @throws MaestroError usage, naming the file or the context
 */
export function loadHubConfig(settings: KubeSettings, env: Environment): HubConfig {
  const directory = settings.serviceAccountDirectory ?? serviceAccountDirectory;
  const files = settings.inCluster === true ? [] : kubeconfigFiles(settings, env);
  const config = files.length > 0 ? fromFiles(files, settings) : fromServiceAccount(directory, env);
  withProxy(config, env);
  return config;
}

function kubeconfigFiles(settings: KubeSettings, env: Environment): readonly string[] {
  if (settings.kubeconfig !== undefined) return [settings.kubeconfig];
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (listed.length > 0) return listed;
  const home = env['HOME'];
  if (home === undefined || home === '') return [];
  const usual = join(home, '.kube', 'config');
  return canRead(usual) ? [usual] : [];
}

/** Like kubectl: of two entries of one name, the first file's counts. */
function fromFiles(files: readonly string[], settings: KubeSettings): HubConfig {
  const parsed = files.map(readKubeconfig);
  const first = (list: string): JsonObject[] => {
    const byName = new Map<string, JsonObject>();
    for (const entry of parsed.flatMap((file) => entries(file, list))) {
      if (!byName.has(textAt(entry, 'name'))) byName.set(textAt(entry, 'name'), entry);
    }
    return [...byName.values()];
  };
  const current =
    settings.context ?? parsed.map((file) => textAt(file, 'current-context')).find((name) => name !== '') ?? '';
  const merged = {
    clusters: first('clusters'),
    contexts: first('contexts'),
    users: first('users'),
    'current-context': current,
  };
  const config = new HubConfig();
  const where = files.join(', ');
  try {
    config.loadFromString(JSON.stringify(merged));
  } catch (error) {
    throw unusable(where, (error as Error).message, error);
  }
  if (config.getContextObject(current) === null) {
    const known = config.contexts.map(({ name }) => name).join(', ');
    throw unusable(
      where,
      current === '' ? 'no context is current' : `there is no context "${current}" (there are: ${known})`,
    );
  }
  // They would be in every message about the hub; and nothing is sent of them.
  if (config.getCurrentCluster()?.server.includes('@') === true)
    throw unusable(where, `the server of the context "${current}" carries credentials: name a user in the context`);
  if (config.getCurrentCluster() === null) throw unusable(where, `the cluster of the context "${current}" is missing`);
  return config;
}

function readKubeconfig(file: string): JsonObject {
  let text: string;
  try {
    text = readRegularFile(file, maxFileBytes).toString('utf8');
  } catch (error) {
    throw unusable(file, `it cannot be read: ${fileFault(error)}`, error);
  }
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch {
    // The parser's message quotes lines, and those may hold a token.
    throw unusable(file, 'it is no YAML');
  }
  if (!isJsonObject(value as JsonValue)) throw unusable(file, 'it is no mapping');
  return absolute(value as JsonObject, dirname(file));
}

/** Paths in a kubeconfig are relative to it. A `tokenFile` is made into what the client reads again by itself. */
function absolute(file: JsonObject, directory: string): JsonObject {
  const at = (path: JsonValue | undefined): JsonValue | undefined =>
    typeof path !== 'string' || path === '' || isAbsolute(path) ? path : join(directory, path);
  const clusters = entries(file, 'clusters').map((entry) => {
    const cluster = objectAt(entry, 'cluster');
    return { ...entry, cluster: { ...cluster, 'certificate-authority': at(cluster['certificate-authority']) } };
  });
  const users = entries(file, 'users').map((entry) => {
    const user = objectAt(entry, 'user');
    const tokenFile = at(user['tokenFile']);
    const hasFile = typeof tokenFile === 'string' && tokenFile !== '';
    const provider = hasFile ? { token: undefined, 'auth-provider': { name: 'tokenFile', config: { tokenFile } } } : {};
    const exec = isJsonObject(user['exec']) ? { exec: execAt(user['exec'], directory) } : {};
    return {
      ...entry,
      user: {
        ...user,
        'client-certificate': at(user['client-certificate']),
        'client-key': at(user['client-key']),
        ...provider,
        ...exec,
      },
    };
  });
  return { ...file, clusters, users };
}

/** A command with a slash is relative to the kubeconfig, one without is found in PATH. */
function execAt(exec: JsonObject, directory: string): JsonObject {
  const command = textAt(exec, 'command');
  return command.includes('/') && !isAbsolute(command) ? { ...exec, command: join(directory, command) } : exec;
}

function fromServiceAccount(directory: string, env: Environment): HubConfig {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const tokenFile = join(directory, 'token');
  if (host === '' || !canRead(tokenFile)) {
    throw new MaestroError('usage', 'there is no kubeconfig, and this is no pod with a service account', {
      hint: 'Give --kubeconfig, or set KUBECONFIG.',
      delivery: 'not-sent',
    });
  }
  const config = new HubConfig();
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  config.loadFromClusterAndUser(
    { name: 'in-cluster', server, caFile: join(directory, 'ca.crt'), skipTLSVerify: false },
    { name: 'in-cluster', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  );
  const namespace = readText(join(directory, 'namespace'));
  if (namespace !== undefined)
    config.contexts = config.contexts.map((context) => ({ ...context, namespace: namespace.trim() }));
  return config;
}

/** The `proxy-url` of the kubeconfig goes first, then the usual variables. */
function withProxy(config: HubConfig, env: Environment): void {
  const cluster = config.getCurrentCluster();
  if (cluster === null || (cluster.proxyUrl !== undefined && cluster.proxyUrl !== '')) return;
  const url = URL.parse(cluster.server);
  if (url === null) throw unusable(cluster.name, 'its server is no URL');
  const tls = url.protocol === 'https:';
  const settings = proxySettings(env);
  const text = tls ? settings.httpsProxy : settings.httpProxy;
  const target = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (tls ? 443 : 80) : Number(url.port),
    tls,
  };
  const found = proxyFor(target, settings);
  if (found === undefined || text === undefined) return;
  const proxyUrl = text.includes('://') ? text : `http://${text}`;
  config.clusters = config.clusters.map((other) => (other.name === cluster.name ? { ...other, proxyUrl } : other));
}

function entries(file: JsonObject, list: string): readonly JsonObject[] {
  const value = file[list];
  return Array.isArray(value) ? value.filter((entry: JsonValue): entry is JsonObject => isJsonObject(entry)) : [];
}

function canRead(file: string): boolean {
  return readText(file) !== undefined;
}

function readText(file: string): string | undefined {
  try {
    return readRegularFile(file, maxFileBytes).toString('utf8');
  } catch {
    return undefined;
  }
}

function unusable(where: string, problem: string, cause?: unknown): MaestroError {
  return new MaestroError('usage', `the kubeconfig ${where} cannot be used: ${problem}`, {
    delivery: 'not-sent',
    ...(cause === undefined ? {} : { cause }),
  });
}
