import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';

/** How much is read, and what ends it early. */
export interface ReadLimits {
  /** One byte more than this is an error. */
  readonly maxBytes: number;
  /** Ends the reading of what may never end: a pipe, a terminal. */
  readonly signal?: AbortSignal | undefined;
}

const readInTurn = promisify(read);

/** Bytes read at a time when the size is not known. */
const chunkBytes = 64 * 1024;

/** Opening a pipe would otherwise wait for its writer, in a call that no signal ends. Windows has no such flag. */
const readOnly = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** A part of a file, and which file it is of. */
export interface FilePart {
  readonly bytes: Buffer;
  /** The same as long as it is the same file, whatever it is called. */
  readonly id: string;
  /** Of the whole file, at this moment. */
  readonly size: number;
}

/**
 * Reads at most so many bytes of a regular file.
 *
 * @param offset from where; behind the end there is nothing
 * @throws the system's error, or one that says that it is no regular file
 */
export function readPart(path: string, offset: number, mostBytes: number): FilePart {
  const file = openSync(path, readOnly);
  try {
    const stats = fstatSync(file);
    const { dev, ino, size } = stats;
    if (!stats.isFile()) throw new Error('it is no regular file');
    const bytes = Buffer.alloc(Math.max(0, Math.min(mostBytes, size - offset)));
    const read = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, offset);
    return { bytes: bytes.subarray(0, read), id: `${dev} ${ino}`, size };
  } finally {
    closeSync(file);
  }
}

/**
 * Reads what is there, whatever it is: no reading is held up by a pipe that
 * nobody writes to. A pipe and a terminal are read to their end, or until the
 * signal, whose reason is thrown then.
 *
 * @throws the system's error, or one that says that it is too long
 */
export async function readBytes(path: string, limits: ReadLimits): Promise<Buffer> {
  limits.signal?.throwIfAborted();
  const file = openSync(path, readOnly);
  let stream: Readable | undefined;
  try {
    const stats = fstatSync(file);
    if (stats.isFile()) refuseTooLong(stats.size, limits.maxBytes);
    // Before Node has started the threads that would read it, a short file is read.
    if (stats.isFile() && stats.size > 0 && stats.size <= chunkBytes)
      return readAtOnce(file, stats.size, limits.maxBytes);
    stream = await waitingStream(file, stats);
    if (stream === undefined) return await readToEnd(file, stats.size, limits);
    if (limits.signal !== undefined) addAbortSignal(limits.signal, stream);
    return await collect(stream, limits);
  } finally {
    // A stream closes its descriptor itself.
    if (stream === undefined) closeSync(file);
  }
}

/**
 * Reads a regular file at once, for what is read between steps that no signal
 * may come between.
 *
 * @throws the system's error, or one that says that it is no regular file, or too long
 */
export function readRegularFile(path: string, maxBytes: number): Buffer {
  const file = openSync(path, readOnly);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is no regular file');
    if (stats.isFile()) refuseTooLong(stats.size, maxBytes);
    return readAtOnce(file, stats.size, maxBytes);
  } finally {
    closeSync(file);
  }
}

function readAtOnce(file: number, expected: number, maxBytes: number): Buffer {
  const chunks: Buffer[] = [];
  for (let size = 0; ;) {
    const chunk = nextChunk(size, expected);
    const count = readSync(file, chunk, 0, chunk.length, null);
    if (count === 0) return joined(chunks);
    size += count;
    refuseTooLong(size, maxBytes);
    chunks.push(chunk.subarray(0, count));
  }
}

/** One line of a file, and where it stands in it. */
export interface FileLine {
  /** Without its end. */
  readonly text: string;
  readonly offset: number;
  /** Without its end. */
  readonly bytes: number;
  /** False of a last line without an end: whoever wrote it was stopped. */
  readonly whole: boolean;
}

/**
 * Reads a regular file line by line, however long it is: one line and one chunk are in memory at a time.
 *
 * @param maxLineBytes a longer line is an error
 * @throws the system's error, or one that says that it is no regular file, or that a line is too long
 */
export function* readLines(path: string, maxLineBytes: number): Generator<FileLine, void, void> {
  const file = openSync(path, readOnly);
  try {
    if (!fstatSync(file).isFile()) throw new Error('it is no regular file');
    let rest: Buffer[] = [];
    let restBytes = 0;
    let offset = 0;
    const line = (whole: boolean): FileLine => {
      const bytes = joined(rest);
      const found = { text: bytes.toString('utf8'), offset, bytes: bytes.length, whole };
      offset += bytes.length + 1;
      rest = [];
      restBytes = 0;
      return found;
    };
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const count = readSync(file, chunk, 0, chunk.length, null);
      if (count === 0) break;
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < count; end = chunk.indexOf(10, start)) {
        rest.push(chunk.subarray(start, end));
        yield line(true);
        start = end + 1;
      }
      rest.push(chunk.subarray(start, count));
      restBytes += count - start;
      refuseTooLong(restBytes, maxLineBytes);
    }
    if (restBytes > 0) yield line(false);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a line again whose place is known.
 *
 * @throws the system's error, or one that says that it is not there any more
 */
export function readLineAt(path: string, { offset, bytes }: Pick<FileLine, 'offset' | 'bytes'>): string {
  const file = openSync(path, readOnly);
  try {
    const line = Buffer.alloc(bytes);
    for (let size = 0; size < bytes;) {
      const count = readSync(file, line, size, bytes - size, offset + size);
      if (count === 0) throw new Error('it is shorter than it was');
      size += count;
    }
    return line.toString('utf8');
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a stream to its end.
 *
 * @throws the signal's reason once it is aborted, the stream's error, or one that says that it is too long
 */
export async function collect(stream: AsyncIterable<Uint8Array>, { maxBytes, signal }: ReadLimits): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      refuseTooLong(size, maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    // Node ends the stream with an error of its own, which does not say why.
    signal?.throwIfAborted();
    throw error;
  }
}

async function readToEnd(file: number, expected: number, { maxBytes, signal }: ReadLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; ;) {
    const chunk = nextChunk(size, expected);
    const { bytesRead } = await readInTurn(file, chunk, 0, chunk.length, null);
    signal?.throwIfAborted();
    if (bytesRead === 0) return joined(chunks);
    size += bytesRead;
    refuseTooLong(size, maxBytes);
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

/** One byte more than the size, so that the read after it finds the end; what is below /proc says 0 of all it holds. */
function nextChunk(size: number, expected: number): Buffer {
  return Buffer.allocUnsafe(size === 0 && expected > 0 ? expected + 1 : chunkBytes);
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/**
 * A pipe or a terminal as a stream, for which no thread waits; undefined for what answers at once, such as a file or
 * /dev/zero.
 */
async function waitingStream(file: number, stats: Stats): Promise<Readable | undefined> {
  if (!stats.isFIFO() && !stats.isCharacterDevice()) return undefined;
  const { isatty, ReadStream } = await import('node:tty');
  if (isatty(file)) return new ReadStream(file);
  if (!stats.isFIFO()) return undefined;
  const { Socket } = await import('node:net');
  return new Socket({ fd: file, readable: true, writable: false });
}

function refuseTooLong(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new Error(`it is longer than ${sizeText(maxBytes)}`);
}

function sizeText(bytes: number): string {
  const mebibytes = bytes / (1024 * 1024);
  return mebibytes >= 1 ? `${mebibytes} MiB` : `${bytes / 1024} KiB`;
}
