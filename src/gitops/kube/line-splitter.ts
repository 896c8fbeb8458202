import { MaestroError } from '../../errors.ts';

const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines of UTF-8 text. Each byte is looked at once
 * and copied once, however many chunks a line comes in: a chunk without a
 * newline is only put aside.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #pending = 0;

  /** @param maxBytes the longest line taken; etcd holds 1.5 MiB an object, so 16 MiB is far off. */
  constructor(maxBytes = 16 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of a line that has not ended. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * The lines that end in this chunk, without their newline; empty ones are left out.
   *
   * @throws MaestroError unavailable for a line that is too long
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = this.#take(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.#putAside(chunk.subarray(start));
    return lines;
  }

  #take(last: Uint8Array): string {
    if (this.#pending === 0) return textOf(last);
    this.#putAside(last);
    const line = Buffer.concat(this.#parts, this.#pending).toString('utf8');
    this.#parts = [];
    this.#pending = 0;
    return line;
  }

  #putAside(part: Uint8Array): void {
    this.#pending += part.length;
    if (this.#pending > this.#maxBytes) {
      throw new MaestroError('unavailable', `the watch sent a line of more than ${this.#maxBytes} bytes`, {
        reason: 'ServerError',
        transient: true,
      });
    }
    this.#parts.push(part);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
