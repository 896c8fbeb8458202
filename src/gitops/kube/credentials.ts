import { hash } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { RequestContext } from '@kubernetes/client-node';
import type { DispatcherOptions } from '@kubernetes/client-node';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { certificateProblem, contextProblem } from '../../clients/pem-problems.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { isCheapToReload } from './kubeconfig.ts';
import type { HubConfig } from './kubeconfig.ts';

/** How long credentials are used before their files are looked at again. */
const freshMs = 30_000;
/** Not earlier than this after the last time, whatever the hub says. */
const pauseMs = 1_000;

/** What one request is sent with. */
export interface Credentials {
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
}

interface Pool {
  readonly fingerprint: string;
  readonly dispatcher: Dispatcher;
}

/**
 * Lends headers and a pool of connections. Files are read again every 30 s, and
 * at once after a 401; plugins run again when their credential has expired, or
 * after a 401. The pool stays while its certificates stay; a replaced one ends
 * with its last answer.
 */
export class CredentialSource {
  readonly #load: () => HubConfig;
  readonly #clock: Clock;
  readonly #pools = new Set<Dispatcher>();
  #config: HubConfig;
  #pool: Pool | undefined;
  #current: Credentials | undefined;
  #readAtMs = 0;
  #reading: Promise<Credentials> | undefined;
  #closed = false;

  constructor(load: () => HubConfig, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
    this.#config = load();
  }

  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  get namespace(): string | undefined {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }

  /** Connection pools that are open now. */
  get openPools(): number {
    return this.#pools.size;
  }

  /** @throws MaestroError access-denied when there are none, and none have been before */
  async lend(): Promise<Credentials> {
    const current = this.#current;
    if (current === undefined) return this.#read(false);
    if (this.#clock.monotonicMs() - this.#readAtMs < freshMs) return current;
    // A file that is half written, or a plugin that fails, leaves what there was.
    return this.#read(false).catch(() => current);
  }

  /** After a 401: everything anew, unless that has been done since `refused` was lent. */
  async renew(refused: Credentials): Promise<Credentials> {
    const current = this.#current;
    if (current !== undefined && current !== refused && !sameCredentials(current, refused)) return current;
    if (this.#reading === undefined && this.#clock.monotonicMs() - this.#readAtMs < pauseMs && current !== undefined)
      return current;
    return this.#read(true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pools].map(async (dispatcher) => dispatcher.destroy()));
    this.#pools.clear();
  }

  async #read(anew: boolean): Promise<Credentials> {
    this.#reading ??= this.#readNow(anew).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(anew: boolean): Promise<Credentials> {
    this.#readAtMs = this.#clock.monotonicMs();
    if (this.#current !== undefined && (anew || isCheapToReload(this.#config))) this.#config = this.#load();
    const context = new RequestContext(this.server, 'GET');
    try {
      await this.#config.applySecurityAuthentication(context);
    } catch (error) {
      throw unreadable(error, this.#config);
    }
    if (this.#closed)
      throw new MaestroError('unavailable', 'the client of the hub has been closed', { delivery: 'not-sent' });
    const dispatcher = this.#poolFor(this.#config.pool, context.getDispatcher());
    this.#current = { dispatcher, headers: checkedHeaders(context.getHeaders()) };
    return this.#current;
  }

  #poolFor(options: DispatcherOptions | undefined, made: Dispatcher | undefined): Dispatcher {
    const fingerprint = fingerprintOf(options);
    const previous = this.#pool;
    if (previous?.fingerprint === fingerprint) {
      // A SOCKS pool is made by the client library each time; this one has had no connection.
      if (made !== undefined) void made.destroy();
      return previous.dispatcher;
    }
    try {
      checkTls(options);
    } catch (error) {
      if (made !== undefined) void made.destroy();
      throw error;
    }
    const dispatcher = made ?? createPool(options);
    this.#pools.add(dispatcher);
    this.#pool = { fingerprint, dispatcher };
    if (previous !== undefined) {
      const forget = (): boolean => this.#pools.delete(previous.dispatcher);
      previous.dispatcher.close().then(forget, forget);
    }
    return dispatcher;
  }
}

/**
 * With files that are being written, no connection of a new pool would come to stand, where those of the last one do.
 */
function checkTls(options: DispatcherOptions | undefined): void {
  if (options === undefined || options.type === 'none') return;
  const { ca, cert, key, pfx, passphrase } = options.type === 'agent' ? options.connect : options.requestTls;
  const found = ca === undefined ? undefined : certificateProblem(String(ca));
  if (found !== undefined) throw unusableTls(`the CA file holds ${found.problem}`, found.cause);
  try {
    createSecureContext({ cert, key, pfx, passphrase });
  } catch (error) {
    throw unusableTls(`certificate and key: ${contextProblem(error)}`, error);
  }
}

function unusableTls(problem: string, cause: unknown): MaestroError {
  return new MaestroError('access-denied', `the TLS files of the hub cannot be used: ${problem}`, {
    reason: 'TlsFailed',
    transient: true,
    delivery: 'not-sent',
    hint: 'Check the certificates and the key that the kubeconfig names.',
    cause,
  });
}

/**
 * HTTP/1.1 only: a watch then has a connection of its own, and ending it ends
 * the connection, dead or alive; nor does one lost connection take every call along.
 */
function createPool(options: DispatcherOptions | undefined): Dispatcher {
  const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 } as const;
  switch (options?.type) {
    case 'proxy':
      return new ProxyAgent({ ...common, uri: options.uri, requestTls: { ...options.requestTls, ...probes } });
    case 'agent':
      return new Agent({ ...common, connect: { ...options.connect, ...probes } });
    default:
      return new Agent({ ...common, connect: probes });
  }
}

/** TCP probes from 30 s of silence on, before load balancers forget an idle watch. */
const probes = { keepAlive: true, keepAliveInitialDelay: 30_000 } as const;

/** Says whether two sets of options are the same, without keeping keys in memory as text. */
function fingerprintOf(options: DispatcherOptions | undefined): string {
  return hash('sha256', JSON.stringify(options) ?? '', 'hex');
}

function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.dispatcher === other.dispatcher && JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

/** Token files usually end with a newline, which no header may hold. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const trimmed = value.trim();
      if (!/^[\x20-\x7e]*$/.test(trimmed)) {
        throw new MaestroError('access-denied', `the credential of the hub does not fit into the header ${name}`, {
          reason: 'Unauthenticated',
          hint: 'Look for line breaks or other odd characters in the token.',
          delivery: 'not-sent',
        });
      }
      return [name.toLowerCase(), trimmed];
    }),
  );
}

function unreadable(error: unknown, config: HubConfig): MaestroError {
  if (error instanceof MaestroError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const text = error instanceof Error ? error.message : String(error);
  if (/HTTP protocol is not allowed/.test(text)) {
    return new MaestroError('usage', `the hub at ${config.getCurrentCluster()?.server} is given without TLS`, {
      hint: 'Use https://, or say insecure-skip-tls-verify: true in the kubeconfig when that is meant.',
      delivery: 'not-sent',
    });
  }
  // What a plugin printed may hold a secret, so only its name is told.
  const plugin = (config.getCurrentUser()?.exec as { readonly command?: string } | null | undefined)?.command;
  const problem =
    plugin === undefined
      ? code === undefined
        ? 'they cannot be read'
        : `${code}${path === undefined ? '' : ` ${path}`}`
      : `the plugin ${plugin} failed`;
  return new MaestroError('access-denied', `there are no credentials for the hub: ${problem}`, {
    reason: 'Unauthenticated',
    transient: true,
    delivery: 'not-sent',
    ...(plugin === undefined ? { cause: error } : { hint: `Run ${plugin} by hand to see why.` }),
  });
}
