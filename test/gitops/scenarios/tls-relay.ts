import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, createServer, type SecureContextOptions } from 'node:tls';
import type { Issued } from '../../clients/support/certificates.ts';

export interface TlsRelay {
  readonly port: number;
  /** Another certificate for whoever connects from now on; those connected are cut. */
  present(server: Issued): void;
  close(): Promise<void>;
}

/**
 * Ends TLS with a certificate of the test's choice, and passes on what is inside: in plaintext, or in TLS of its own.
 */
export async function openTlsRelay(
  server: Issued,
  upstreamPort: number,
  inner?: SecureContextOptions,
): Promise<TlsRelay> {
  const open = new Set<Socket>();
  const relay = createServer({ cert: server.cert, key: server.key, ALPNProtocols: ['h2', 'http/1.1'] }, (near) => {
    const far =
      inner === undefined
        ? connectPlain(upstreamPort, '127.0.0.1')
        : connectTls({ ...inner, port: upstreamPort, host: '127.0.0.1' });
    const end = (): void => {
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    open.add(near);
    for (const socket of [near, far]) socket.on('error', () => undefined).on('close', end);
    near.pipe(far).pipe(near);
  });
  // A client that refuses the certificate is what some tests want.
  relay.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (relay.address() as AddressInfo).port,
    present: ({ cert, key }) => {
      relay.setSecureContext({ cert, key });
      cut();
    },
    close: async () => {
      const closed = new Promise((resolve) => relay.close(resolve));
      cut();
      await closed;
    },
  };
}
