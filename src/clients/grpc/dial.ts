import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import type { Clock } from '../../clock.ts';

/** Where a channel opens its TCP connections: Maestro itself, or the proxy before it. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  /** Aborting it ends every connection of the channel, also those still connecting. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

const scheme = 'maestro';
const dialOption = 'maestro.dial';
/** grpc-js asks for addresses again with every failed connection; unhurried answers keep that from spinning. */
const lookupPauseMs = 2_000;

type Listener = grpc.experimental.ResolverListener;

/**
 * Finds the addresses of a channel. grpc-js has a resolver of its own; this one
 * hands the channel's signal on with each address, because grpc-js passes
 * addresses to `net.connect` as they are and gives no other way to end a
 * connection attempt. Without it, a server that drops packets would keep the
 * process alive for minutes after `close`.
 */
class DialResolver implements grpc.experimental.Resolver {
  readonly #dial: Dial;
  readonly #listener: Listener;
  #state: 'idle' | 'busy' | 'destroyed' = 'idle';
  #answeredAtMs: number | undefined;

  constructor(_target: grpc.experimental.GrpcUri, listener: Listener, options: grpc.ChannelOptions) {
    this.#dial = options[dialOption] as Dial;
    this.#listener = listener;
  }

  static getDefaultAuthority(target: grpc.experimental.GrpcUri): string {
    return target.path;
  }

  updateResolution(): void {
    if (this.#state === 'busy') return;
    this.#state = 'busy';
    void this.#resolve();
  }

  destroy(): void {
    this.#state = 'destroyed';
    this.#answeredAtMs = undefined;
  }

  async #resolve(): Promise<void> {
    const { host, port, signal, clock } = this.#dial;
    try {
      if (this.#answeredAtMs !== undefined) {
        await clock.sleep(this.#answeredAtMs + lookupPauseMs - clock.monotonicMs(), signal);
      }
      const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
      this.#report(found.map(({ address }) => ({ addresses: [dialledAddress(address, port, signal)] })));
    } catch (error) {
      if (!signal.aborted) this.#fail(`Name resolution failed for ${host}: ${(error as Error).message}`);
    }
  }

  #report(endpoints: grpc.experimental.Endpoint[]): void {
    if (this.#state === 'destroyed') return;
    this.#state = 'idle';
    this.#answeredAtMs = this.#dial.clock.monotonicMs();
    this.#listener(grpc.experimental.statusOrFromValue(endpoints), {}, null, '');
  }

  #fail(details: string): void {
    if (this.#state === 'destroyed') return;
    this.#state = 'idle';
    const status = { code: grpc.status.UNAVAILABLE, details, metadata: new grpc.Metadata() };
    this.#listener(grpc.experimental.statusOrFromError(status), {}, null, '');
  }
}

/**
 * An address from which net.connect takes the signal. grpc-js may begin an
 * attempt just before the channel closes and dial just after it; Node would
 * open a socket for a signal that is aborted already, and nobody would ever
 * close it. So an aborted signal cannot be taken any more.
 */
function dialledAddress(
  host: string,
  port: number,
  signal: AbortSignal,
): { host: string; port: number; readonly signal: AbortSignal } {
  return {
    host,
    port,
    get signal() {
      signal.throwIfAborted();
      return signal;
    },
  };
}

/** The target and the options that make a channel connect by `dial`, under the authority `host:port`. */
export function dialTarget(authority: string, dial: Dial): { target: string; options: grpc.ChannelOptions } {
  grpc.experimental.registerResolver(scheme, DialResolver);
  return { target: `${scheme}:${authority}`, options: { [dialOption]: dial, 'grpc.default_authority': authority } };
}
