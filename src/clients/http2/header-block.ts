import { decodeHuffman } from './huffman.ts';

/** Name and value; names are in lower case. */
export type Header = readonly [name: string, value: string];

/**
 * Headers as a header block of HPACK (RFC 7541). Every one is written out and
 * none is kept by the reader, so that nothing has to be remembered.
 *
 * @param secret names of headers that no proxy may keep either
 */
export function encodeHeaders(headers: readonly Header[], secret: ReadonlySet<string>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    parts.push(Buffer.of(secret.has(name) ? neverIndexed : notIndexed), plainText(name), plainText(value));
  }
  return Buffer.concat(parts);
}

const notIndexed = 0x00;
const neverIndexed = 0x10;

function plainText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([integer(bytes.length, 7), bytes]);
}

/** RFC 7541, 5.1: what does not fit into the first bits follows seven bits at a time. */
function integer(value: number, bits: number): Buffer {
  const most = 2 ** bits - 1;
  if (value < most) return Buffer.of(value);
  const bytes = [most];
  let rest = value - most;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** The headers that both sides know from the beginning (RFC 7541, appendix A); without a value it is empty. */
const wellKnown: readonly Header[] = `:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`
  .split('\n')
  .map((line) => {
    const space = line.indexOf(' ');
    return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
  });

/** What a reader lets the other side have it remember unless it says otherwise (SETTINGS_HEADER_TABLE_SIZE). */
const mostTableBytes = 4096;
/** What a header takes of that beside its text. */
const entryBytes = 32;

/** Reads the header blocks of one connection, one after the other: each may point to headers of those before it. */
export class HeaderReader {
  /** The newest first. */
  readonly #table: Header[] = [];
  #tableBytes = 0;
  #limitBytes = mostTableBytes;

  /** @throws Error for what is no header block; the connection cannot be read on after that */
  read(block: Uint8Array): readonly Header[] {
    const bytes = new BlockBytes(block);
    const headers: Header[] = [];
    while (!bytes.ended) {
      const first = bytes.peek();
      if ((first & 0x80) !== 0) headers.push(this.#at(bytes.integer(7)));
      else if ((first & 0xe0) === 0x20) this.#limit(bytes.integer(5));
      else headers.push(this.#written(bytes, (first & 0x40) !== 0));
    }
    return headers;
  }

  #written(bytes: BlockBytes, kept: boolean): Header {
    const index = bytes.integer(kept ? 6 : 4);
    const name = index === 0 ? bytes.text() : this.#at(index)[0];
    const header: Header = [name, bytes.text()];
    if (kept) this.#keep(header);
    return header;
  }

  #at(index: number): Header {
    const header = index <= wellKnown.length ? wellKnown[index - 1] : this.#table[index - wellKnown.length - 1];
    if (header === undefined) throw new Error(`there is no header ${index}`);
    return header;
  }

  #keep(header: Header): void {
    this.#table.unshift(header);
    this.#tableBytes += sizeOf(header);
    this.#drop();
  }

  #limit(bytes: number): void {
    if (bytes > mostTableBytes) throw new Error(`a header table of ${bytes} bytes was not allowed`);
    this.#limitBytes = bytes;
    this.#drop();
  }

  #drop(): void {
    while (this.#tableBytes > this.#limitBytes) {
      const oldest = this.#table.pop();
      if (oldest === undefined) return;
      this.#tableBytes -= sizeOf(oldest);
    }
  }
}

function sizeOf([name, value]: Header): number {
  return name.length + value.length + entryBytes;
}

class BlockBytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('a header block is cut short');
    return byte;
  }

  integer(bits: number): number {
    const most = 2 ** bits - 1;
    let value = this.#next() & most;
    if (value < most) return value;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#next();
      value += (byte & 0x7f) * factor;
      if (value > 2 ** 31) throw new Error('a number in a header block is too large');
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const coded = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('a header block is cut short');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return (coded ? decodeHuffman(bytes) : Buffer.from(bytes)).toString('latin1');
  }

  #next(): number {
    const byte = this.peek();
    this.#at += 1;
    return byte;
  }
}
