import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Server as TlsServer, TlsOptions, TLSSocket } from 'node:tls';
import { MaestroError } from '../../errors.ts';

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: TlsOptions;
  /** True to tear a fresh connection down. */
  readonly refuses: () => boolean;
  /** Takes over a connection that is ready to speak HTTP. */
  readonly admit: (socket: Socket) => void;
}

/**
 * A listening port whose connections stay in hand, so that faults can be put on
 * them and closing leaves none behind. The protocol servers get ready sockets.
 */
export class Door {
  readonly #options: DoorOptions;
  readonly #sockets = new Map<number, { readonly raw: Socket; ready?: Socket }>();
  #server: Server | TlsServer | undefined;
  #tls: TlsOptions | undefined;
  #closed = false;
  #port: number;

  private constructor(options: DoorOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#tls = options.tls;
  }

  static async open(options: DoorOptions): Promise<Door> {
    const door = new Door(options);
    await door.reopen();
    return door;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, on the same port as before. */
  async reopen(): Promise<void> {
    if (this.#server !== undefined || this.#closed) return;
    const server = this.#createServer();
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const place = `${this.#options.host}:${String(this.#port)}`;
        reject(
          new MaestroError('usage', `cannot listen on ${place}: ${cause.code ?? cause.message}`, {
            hint: 'Choose another port, or 0 for any free one.',
            cause,
          }),
        );
      });
      server.listen(this.#port, this.#options.host, resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Stops listening and tears down what is open. */
  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const { raw } of this.#sockets.values()) raw.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** New connections get these; those that are open stay as they are. */
  secure(tls: TlsOptions): void {
    this.#tls = tls;
    if (this.#server !== undefined && 'setSecureContext' in this.#server) this.#server.setSecureContext(tls);
  }

  /** Shuts for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.shut();
  }

  /** Ends the connection of one client port with an RST. */
  reset(remotePort: number | undefined): void {
    if (remotePort !== undefined) this.#sockets.get(remotePort)?.raw.resetAndDestroy();
  }

  /** The connection of one client port as the protocol sees it, a TLSSocket under TLS. */
  connection(remotePort: number | undefined): Socket | undefined {
    return remotePort === undefined ? undefined : this.#sockets.get(remotePort)?.ready;
  }

  #createServer(): Server | TlsServer {
    const tls = this.#tls;
    const track = (raw: Socket): boolean => {
      raw.on('error', () => undefined);
      if (this.#options.refuses()) {
        raw.resetAndDestroy();
        return false;
      }
      const port = raw.remotePort;
      if (port === undefined) return false;
      raw.setNoDelay(true);
      this.#sockets.set(port, { raw });
      raw.once('close', () => this.#sockets.delete(port));
      return true;
    };
    const admit = (socket: Socket): void => {
      const entry = this.#sockets.get(socket.remotePort ?? -1);
      if (entry === undefined) return;
      entry.ready = socket;
      this.#options.admit(socket);
    };
    if (tls === undefined) {
      return createServer((socket) => {
        if (track(socket)) admit(socket);
      });
    }
    const server = createTlsServer(tls, (socket: TLSSocket) => {
      socket.on('error', () => undefined);
      admit(socket);
    });
    server.prependListener('connection', track);
    server.on('tlsClientError', () => undefined);
    return server;
  }
}
