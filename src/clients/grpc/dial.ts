import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import * as grpc from '@grpc/grpc-js';

/** Where a channel opens its TCP connections: Maestro itself, or the proxy before it. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  /** Aborting it ends every connection of the channel, also those still connecting. */
  readonly signal: AbortSignal;
}

const scheme = 'maestro';
const dialOption = 'maestro.dial';

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
  #pending = false;
  #destroyed = false;

  constructor(_target: grpc.experimental.GrpcUri, listener: Listener, options: grpc.ChannelOptions) {
    this.#dial = options[dialOption] as Dial;
    this.#listener = listener;
  }

  static getDefaultAuthority(target: grpc.experimental.GrpcUri): string {
    return target.path;
  }

  updateResolution(): void {
    this.#destroyed = false;
    if (this.#pending) return;
    this.#pending = true;
    const { host, port, signal } = this.#dial;
    const family = isIP(host);
    if (family !== 0) {
      queueMicrotask(() => this.#report([{ host, port, signal }]));
      return;
    }
    lookup(host, { all: true }, (error, found) => {
      if (error !== null) this.#fail(`Name resolution failed for ${host}: ${error.message}`);
      else this.#report(found.map(({ address }) => ({ host: address, port, signal })));
    });
  }

  destroy(): void {
    this.#destroyed = true;
  }

  #report(addresses: Dial[]): void {
    this.#pending = false;
    if (this.#destroyed) return;
    this.#listener(grpc.experimental.statusOrFromValue(addresses.map((address) => ({ addresses: [address] }))), {}, null, '');
  }

  #fail(details: string): void {
    this.#pending = false;
    if (this.#destroyed) return;
    const status = { code: grpc.status.UNAVAILABLE, details, metadata: new grpc.Metadata() };
    this.#listener(grpc.experimental.statusOrFromError(status), {}, null, '');
  }
}

/** The target and the options that make a channel connect by `dial`, under the authority `host:port`. */
export function dialTarget(authority: string, dial: Dial): { target: string; options: grpc.ChannelOptions } {
  grpc.experimental.registerResolver(scheme, DialResolver);
  return { target: `${scheme}:${authority}`, options: { [dialOption]: dial, 'grpc.default_authority': authority } };
}
