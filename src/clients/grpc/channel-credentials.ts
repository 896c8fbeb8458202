import type { SecureContext } from 'node:tls';
import * as grpc from '@grpc/grpc-js';
import type { Proxy } from '../proxy.ts';
import { startTls } from '../tls.ts';
import { openTunnel } from '../tunnel.ts';

export interface EndpointSecurity {
  readonly host: string;
  readonly port: number;
  /** Absent for plaintext. */
  readonly tls?: { readonly context: SecureContext; readonly verify: boolean };
  readonly proxy?: Proxy;
  /** Called when a connection stands, before anything is sent on it. */
  readonly onConnected: () => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Channel credentials that go through a proxy when there is one, and then speak
 * TLS when asked to. grpc-js has both, but its proxy code reads the
 * environment, logs to the console and loses the reason of a failure, and its
 * TLS code sends IP addresses as server names, against which Node warns on stderr.
 */
export class EndpointCredentials extends grpc.ChannelCredentials {
  readonly #security: EndpointSecurity;

  constructor(security: EndpointSecurity) {
    super();
    this.#security = security;
  }

  _isSecure(): boolean {
    return this.#security.tls !== undefined;
  }

  _equals(other: grpc.ChannelCredentials): boolean {
    return this === other;
  }

  _createSecureConnector(
    _target: unknown,
    _options: grpc.ChannelOptions,
    callCredentials?: grpc.CallCredentials,
  ): grpc.experimental.SecureConnector {
    const security = this.#security;
    return {
      connect: async (socket) => {
        try {
          const tunnelled = security.proxy === undefined ? socket : await openTunnel(socket, security.proxy, security);
          const secured =
            security.tls === undefined ? tunnelled : await startTls(tunnelled, security.host, security.tls);
          security.onConnected();
          return { socket: secured, secure: security.tls !== undefined };
        } catch (error) {
          security.onFailed(error);
          throw error;
        }
      },
      waitForReady: async () => undefined,
      getCallCredentials: () => callCredentials ?? grpc.CallCredentials.createEmpty(),
      destroy: () => undefined,
    };
  }
}
