import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP relay that can break its connections in the ways that networks do. */
export class Relay {
  readonly port: number;
  readonly #upstream: number;
  #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  private constructor(upstream: number, server: Server) {
    this.#upstream = upstream;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#relay(socket));
  }

  static async open(upstream: number): Promise<Relay> {
    return new Relay(upstream, await listening(0));
  }

  /** Every connection ends, and no new one is taken. */
  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#endAll((socket) => socket.destroy());
    await closed;
  }

  /** Every connection ends with a RST; new ones are taken. */
  reset(): void {
    this.#endAll((socket) => socket.resetAndDestroy());
  }

  /** Connections stay open, and nothing comes through any more, neither way. */
  swallow(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe();
      far.unpipe();
      near.resume();
      far.resume();
    }
  }

  /** New connections are taken; those that were swallowed stay dead until their client ends them. */
  async heal(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = await listening(this.port);
    this.#server.on('connection', (socket) => this.#relay(socket));
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }

  #relay(near: Socket): void {
    const far = connect(this.#upstream, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const end = (): void => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', () => undefined).on('close', end);
    near.pipe(far).pipe(near);
  }

  #endAll(end: (socket: Socket) => void): void {
    for (const [near, far] of [...this.#pairs]) {
      end(near);
      far.destroy();
    }
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
