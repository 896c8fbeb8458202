import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { FrameReader, flag, frame, frameType, mostFrameBytes, readSettings, setting } from './frames.ts';
import type { Frame } from './frames.ts';
import { encodeHeaders, HeaderReader } from './header-block.ts';
import type { Header } from './header-block.ts';

/** What answers a request. */
export interface Answer {
  /** The head, and what stands behind the body, which is empty when there is no body. */
  readonly headers: readonly Header[];
  readonly trailers: readonly Header[];
  readonly body: Buffer;
  /** True when the body is longer than what is here, and was not read to its end. */
  readonly cutShort: boolean;
}

/** The stream of a request was ended by the server before its answer. */
export class StreamReset extends Error {
  /** As HTTP/2 numbers its errors. */
  readonly code: number;

  constructor(code: number) {
    super(`the stream was reset with code ${code}`);
    this.code = code;
  }
}

interface Running {
  readonly id: number;
  body: Buffer;
  sentBytes: number;
  windowBytes: number;
  headers: readonly Header[] | undefined;
  readonly parts: Buffer[];
  partBytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Errors as HTTP/2 numbers them. */
const noError = 0;
export const refusedStream = 7;
const cancelled = 8;

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const usualWindowBytes = 65_535;
/** A longer answer is none that this is for. What may come beyond it fits into the window, which is never widened. */
const mostAnswerBytes = 16 * 1024;
const mostHeaderBytes = 64 * 1024;
/** Headers that proxies on the way must not remember. */
const secrets: ReadonlySet<string> = new Set(['authorization']);

/**
 * HTTP/2 without TLS, one request after another, for the few small answers of
 * a short run: Node's own takes a process as long to load as half of its start
 * and brings TLS along (docs/decisions/0004). It announces no table of headers,
 * takes no pushes, and treats all that it does not understand as the end of the
 * connection, so that no answer is made up.
 */
export class PlainConnection {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #headerReader = new HeaderReader();
  #block: { readonly id: number; readonly ended: boolean; readonly parts: Buffer[]; bytes: number } | undefined;
  #running: Running | undefined;
  #nextId = 1;
  #sendWindow = usualWindowBytes;
  #peerWindow = usualWindowBytes;
  #peerFrameBytes = mostFrameBytes;
  #fault: Error | undefined;
  #leaving = false;
  readonly #opened = Promise.withResolvers<void>();
  #isOpened = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#opened.promise.catch(() => undefined);
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
    socket.write(Buffer.concat([preface, frame(frameType.settings, 0, 0, setting('enablePush', 0))]));
  }

  /**
   * Connects and waits until the other side has spoken HTTP/2.
   *
   * @throws whatever stands against it, or the signal's reason; nothing but our greeting was sent then
   */
  static async open(host: string, port: number, signal: AbortSignal): Promise<PlainConnection> {
    signal.throwIfAborted();
    const connection = new PlainConnection(connect({ host, port }));
    const onAbort = (): void => connection.#end(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await connection.#opened.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return connection;
  }

  /** Whether another request can be sent. */
  get isFree(): boolean {
    return this.#fault === undefined && !this.#leaving && this.#running === undefined;
  }

  /**
   * Sends a request and reads its answer.
   *
   * @throws StreamReset, the error that ended the connection, or the signal's reason; what became of the request is
   *   unknown then
   */
  async send(headers: readonly Header[], body: Buffer, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const running: Running = {
      id: this.#nextId,
      body,
      sentBytes: 0,
      windowBytes: this.#peerWindow,
      headers: undefined,
      parts: [],
      partBytes: 0,
      resolve,
      reject,
    };
    if (this.#fault !== undefined) throw this.#fault;
    this.#running = running;
    this.#nextId += 2;
    this.#socket.ref();
    const onAbort = (): void => {
      this.#reset(running, cancelled);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#socket.cork();
    this.#writeHeaders(running.id, encodeHeaders(headers, secrets));
    this.#pump();
    this.#socket.uncork();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (this.#running === running) this.#running = undefined;
      // Whoever forgets to close it is not kept from ending.
      this.#socket.unref();
    }
  }

  close(): void {
    this.#end(new Error('the connection was closed here'));
  }

  #end(error: Error): void {
    if (this.#fault !== undefined) return;
    this.#fault = error;
    this.#opened.reject(error);
    this.#running?.reject(error);
    this.#running = undefined;
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    try {
      for (const read of this.#frames.read(bytes)) {
        if (this.#fault !== undefined) return;
        this.#takeFrame(read);
      }
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #takeFrame(read: Frame): void {
    const { type, id, payload } = read;
    if (!this.#isOpened && type !== frameType.settings) throw new Error('the other side does not speak HTTP/2');
    if (this.#block !== undefined && type !== frameType.continuation) throw new Error('headers were not ended');
    switch (type) {
      case frameType.settings:
        return this.#takeSettings(read);
      case frameType.ping:
        if ((read.flags & flag.ack) === 0) this.#socket.write(frame(frameType.ping, flag.ack, 0, payload));
        return;
      case frameType.windowUpdate:
        return this.#widen(id, payload.readUInt32BE(0) & 0x7fff_ffff);
      case frameType.headers:
        this.#block = { id, ended: (read.flags & flag.endStream) !== 0, parts: [], bytes: 0 };
        return this.#takeHeaders(read);
      case frameType.continuation:
        return this.#takeHeaders(read);
      case frameType.data:
        return this.#takeData(read);
      case frameType.reset:
        if (id === this.#running?.id) this.#running.reject(new StreamReset(payload.readUInt32BE(0)));
        return;
      case frameType.goAway:
        this.#leaving = true;
        // The last request that it has looked at, or will.
        if (this.#running !== undefined && (payload.readUInt32BE(0) & 0x7fff_ffff) < this.#running.id) {
          this.#running.reject(new StreamReset(refusedStream));
        }
        return;
      case frameType.pushPromise:
        throw new Error('a push came that was not allowed');
      default:
    }
  }

  #takeSettings({ flags, payload }: Frame): void {
    if ((flags & flag.ack) !== 0) return;
    const settings = readSettings(payload);
    this.#peerFrameBytes = settings.frameBytes ?? this.#peerFrameBytes;
    if (settings.windowBytes !== undefined) {
      if (this.#running !== undefined) this.#running.windowBytes += settings.windowBytes - this.#peerWindow;
      this.#peerWindow = settings.windowBytes;
    }
    if (settings.streams === 0) {
      if (!this.#isOpened) throw new Error('the other side takes no requests');
      this.#leaving = true;
    }
    this.#socket.write(frame(frameType.settings, flag.ack, 0));
    this.#isOpened = true;
    this.#opened.resolve();
    this.#pump();
  }

  #widen(id: number, bytes: number): void {
    if (id === 0) this.#sendWindow += bytes;
    else if (id === this.#running?.id) this.#running.windowBytes += bytes;
    this.#pump();
  }

  #takeHeaders(read: Frame): void {
    const block = this.#block;
    if (block === undefined || block.id !== read.id) throw new Error('headers go on that were not begun');
    block.parts.push(read.payload);
    block.bytes += read.payload.length;
    if (block.bytes > mostHeaderBytes) throw new Error('the headers of the answer are too long');
    if ((read.flags & flag.endHeaders) === 0) return;
    this.#block = undefined;
    // Always read: later ones may point to what stands in them.
    const headers = this.#headerReader.read(Buffer.concat(block.parts));
    const running = this.#running;
    if (running === undefined || running.id !== block.id) return;
    const isInterim = headers.some(([name, value]) => name === ':status' && /^1\d\d$/.test(value));
    if (isInterim) return;
    if (block.ended) this.#answer(running, headers);
    else if (running.headers === undefined) running.headers = headers;
    else throw new Error('headers came within an answer');
  }

  #takeData({ id, flags, payload }: Frame): void {
    const running = this.#running;
    if (running === undefined || running.id !== id) return;
    if (running.headers === undefined) throw new Error('an answer began without its head');
    running.parts.push(payload);
    running.partBytes += payload.length;
    if (running.partBytes > mostAnswerBytes) {
      this.#reset(running, cancelled);
      this.#answer(running, [], true);
    } else if ((flags & flag.endStream) !== 0) this.#answer(running, []);
  }

  /** @param last the trailers, or all headers of an answer without a body */
  #answer(running: Running, last: readonly Header[], cutShort = false): void {
    this.#running = undefined;
    // The server has said all; what of the request it does not want to hear any more needs no sending.
    if (running.sentBytes < running.body.length && !cutShort) this.#reset(running, noError);
    const answer =
      running.headers === undefined ? { headers: last, trailers: last } : { headers: running.headers, trailers: last };
    running.resolve({ ...answer, body: Buffer.concat(running.parts), cutShort });
  }

  #reset(running: Running, code: number): void {
    running.body = running.body.subarray(0, running.sentBytes);
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(code);
    if (this.#fault === undefined) this.#socket.write(frame(frameType.reset, 0, running.id, payload));
  }

  #writeHeaders(id: number, block: Buffer): void {
    let type: number = frameType.headers;
    for (let at = 0; at < block.length; at += this.#peerFrameBytes) {
      const end = at + this.#peerFrameBytes;
      const flags = end >= block.length ? flag.endHeaders : 0;
      this.#socket.write(frame(type, flags, id, block.subarray(at, end)));
      type = frameType.continuation;
    }
  }

  /** Sends as much of the body as the other side takes at the moment. */
  #pump(): void {
    const running = this.#running;
    if (running === undefined) return;
    while (running.sentBytes < running.body.length) {
      const left = running.body.length - running.sentBytes;
      const size = Math.min(left, this.#peerFrameBytes, this.#sendWindow, running.windowBytes);
      if (size <= 0) return;
      const end = running.sentBytes + size;
      const flags = end === running.body.length ? flag.endStream : 0;
      this.#socket.write(frame(frameType.data, flags, running.id, running.body.subarray(running.sentBytes, end)));
      running.sentBytes = end;
      running.windowBytes -= size;
      this.#sendWindow -= size;
    }
  }
}
