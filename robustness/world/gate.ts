import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { RequestEnds } from './request-ends.ts';
import type { Address } from './server.ts';

/** Which way bytes go. */
export type Way = 'request' | 'answer';

/** What lasts for a time, and whether a byte has met it. A later one takes its place, and is not ended with it. */
type Lasting<Trouble> = Trouble & { hasMet: boolean };

/**
 * A port in front of another, which carries bytes both ways and can be told to carry them badly. Clients are given the
 * gate, so that the server behind it may go away and come back on another port.
 */
export class Gate {
  readonly port: number;
  readonly #server: Server;
  #target: Address;
  readonly #sockets = new Set<Socket>();
  #refusing = false;
  #closed = false;
  #halfOpen: Lasting<{ readonly way: Way | 'both' }> | undefined;
  #slow: Lasting<{ readonly byMs: number }> | undefined;
  #cut: { readonly of: Way; readonly afterBytes: number } | undefined;
  #loseAnswers = 0;
  #cutAfterRequests = 0;
  /** What was done to connections, by kind; what lasts counts once it met a byte. */
  readonly struck: Record<string, number> = {};

  private constructor(server: Server, port: number, target: Address) {
    this.#server = server;
    this.port = port;
    this.#target = target;
    server.on('connection', (socket) => this.#carry(socket));
  }

  static async open(target: Address): Promise<Gate> {
    const server = createServer({ pauseOnConnect: true });
    const port = await listen(server, 0);
    return new Gate(server, port, target);
  }

  /** The server is at another address now; its old connections ended with it. */
  leadTo(target: Address): void {
    this.#target = target;
  }

  /** For so long nothing listens, and what was connected is torn down. */
  async refuse(lastsMs: number): Promise<void> {
    if (this.#refusing) return;
    this.#refusing = true;
    this.#count('refuse');
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
    await pause(lastsMs);
    await this.#listenAgain();
    this.#refusing = false;
  }

  /** Another process may have been given the port meanwhile, and gives it back when it ends. */
  async #listenAgain(): Promise<void> {
    while (!this.#closed) {
      try {
        await listen(this.#server, this.port);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await pause(50);
      }
    }
  }

  /** For so long nothing goes this way, or neither way, and nobody is told. */
  async beHalfOpen(lastsMs: number, way: Way | 'both' = 'both'): Promise<void> {
    const mine = { way, hasMet: false };
    this.#halfOpen = mine;
    await pause(lastsMs);
    if (this.#halfOpen === mine) this.#halfOpen = undefined;
    // What waited meanwhile is lost with its connection, as behind a router that forgot it.
    if (mine.hasMet) for (const socket of this.#sockets) socket.destroy();
  }

  async beSlow(byMs: number, lastsMs: number): Promise<void> {
    const mine = { byMs, hasMet: false };
    this.#slow = mine;
    await pause(lastsMs);
    if (this.#slow === mine) this.#slow = undefined;
  }

  /** The first connection over which so many bytes more go this way is cut there. */
  cutNext(of: Way, afterBytes: number): void {
    this.#cut = { of, afterBytes };
  }

  /** The server does what it is asked for over the next connections, and they end where its answer would begin. */
  loseAnswers(count: number): void {
    this.#loseAnswers += count;
  }

  /** The next connections end exactly when the last byte of a request has gone to the server. */
  cutAfterRequest(count: number): void {
    this.#cutAfterRequests += count;
  }

  /** All is well from now on. */
  clear(): void {
    this.#halfOpen = undefined;
    this.#cutAfterRequests = 0;
    this.#slow = undefined;
    this.#cut = undefined;
    this.#loseAnswers = 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #carry(client: Socket): void {
    const server = connect(this.#target);
    const pair = [client, server] as const;
    for (const socket of pair) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        for (const other of pair) other.destroy();
      });
    }
    this.#pass(client, server, 'request');
    this.#pass(server, client, 'answer');
  }

  #pass(from: Socket, to: Socket, way: Way): void {
    let cut = this.#cut;
    let bytes = 0;
    let last = Promise.resolve();
    const requests = new RequestEnds();
    let isEncrypted = false;
    from.on('data', (piece: Buffer) => {
      if (this.#halfOpen?.way === 'both' || this.#halfOpen?.way === way) {
        this.#meet(this.#halfOpen, this.#halfOpen.way === 'both' ? 'half-open' : `half-open ${way}`);
        return;
      }
      // A TLS connection begins with a handshake record, either way; what is in it nobody sees here.
      if (bytes === 0) isEncrypted = piece[0] === 0x16;
      const end = way === 'request' ? requests.endIn(piece) : undefined;
      if (end !== undefined && this.#cutAfterRequests > 0) {
        this.#cutAfterRequests -= 1;
        this.#count('cut-after-request');
        // The server reads the request whole, and then that nobody is there.
        to.write(piece.subarray(0, end), () => {
          to.end();
          from.resetAndDestroy();
        });
        return;
      }
      // Bytes count from when the cut was asked for: a stream has carried many before.
      if (cut !== this.#cut) bytes = 0;
      cut = this.#cut;
      bytes += piece.length;
      if (this.#cut?.of === way && bytes > this.#cut.afterBytes) {
        const keep = piece.subarray(0, Math.max(0, this.#cut.afterBytes - (bytes - piece.length)));
        this.#cut = undefined;
        this.#count('cut');
        to.write(keep, () => {
          from.resetAndDestroy();
          to.resetAndDestroy();
        });
        return;
      }
      if (way === 'answer' && this.#loseAnswers > 0 && !isEncrypted && isAnswer(piece)) {
        this.#loseAnswers -= 1;
        this.#count('lose-answers');
        from.destroy();
        to.resetAndDestroy();
        return;
      }
      const slow = way === 'answer' ? this.#slow : undefined;
      if (slow !== undefined) this.#meet(slow, 'slow');
      const byMs = slow?.byMs ?? 0;
      // One after the other: bytes keep their order, however late they are.
      last = last.then(async () => {
        if (byMs > 0) await pause(byMs);
        if (!to.destroyed) to.write(piece);
      });
    });
    from.once('end', () => void last.then(() => to.end()));
    from.resume();
  }

  #meet(lasting: { hasMet: boolean }, kind: string): void {
    if (lasting.hasMet) return;
    lasting.hasMet = true;
    this.#count(kind);
  }

  #count(kind: string): void {
    this.struck[kind] = (this.struck[kind] ?? 0) + 1;
  }
}

/** HTTP/2 begins with settings, which answer nothing yet: a header frame (type 1) is the beginning of an answer. */
function isAnswer(piece: Buffer): boolean {
  if (piece.subarray(0, 5).toString('latin1') === 'HTTP/') return true;
  for (let at = 0; at + 9 <= piece.length; at += 9 + piece.readUIntBE(at, 3)) if (piece[at + 3] === 1) return true;
  return false;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  return address.port;
}
