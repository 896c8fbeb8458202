const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const frameHeadBytes = 9;

/**
 * Follows what one client sends over a connection, and finds where a request ends: HTTP/1.1 by its length, HTTP/2 by
 * the frame that ends a stream. Of what is encrypted it finds nothing.
 */
export class RequestEnds {
  #text = Buffer.alloc(0);
  #protocol: 'http/1.1' | 'http/2' | 'unknown' | undefined;

  /** How many bytes of the piece belong to the first request that ends in it; undefined when none does. */
  endIn(piece: Buffer): number | undefined {
    this.#text = Buffer.concat([this.#text, piece]);
    this.#protocol ??= protocolOf(this.#text);
    for (;;) {
      const unit = this.#protocol === 'http/2' ? frameOf(this.#text) : requestOf(this.#text, this.#protocol);
      if (unit === undefined) return undefined;
      this.#text = this.#text.subarray(unit.bytes);
      if (unit.ends) return piece.length - this.#text.length;
    }
  }
}

interface Unit {
  readonly bytes: number;
  readonly ends: boolean;
}

function protocolOf(text: Buffer): 'http/1.1' | 'http/2' | 'unknown' | undefined {
  const begin = text.subarray(0, preface.length).toString('latin1');
  if (begin === preface) return 'http/2';
  if (/^[A-Z]+ \//.test(begin)) return 'http/1.1';
  return text.length < preface.length ? undefined : 'unknown';
}

/** DATA (0) and HEADERS (1) may carry END_STREAM (1). */
function frameOf(text: Buffer): Unit | undefined {
  if (text.subarray(0, preface.length).toString('latin1') === preface) return { bytes: preface.length, ends: false };
  if (text.length < frameHeadBytes) return undefined;
  const bytes = frameHeadBytes + text.readUIntBE(0, 3);
  if (text.length < bytes) return undefined;
  const [type = 0, flags = 0] = text.subarray(3, 5);
  return { bytes, ends: type <= 1 && (flags & 1) === 1 };
}

function requestOf(text: Buffer, protocol: 'http/1.1' | 'unknown' | undefined): Unit | undefined {
  if (protocol !== 'http/1.1') return undefined;
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = /content-length: *(\d+)/i.exec(text.subarray(0, head).toString('latin1'))?.[1];
  const bytes = head + 4 + Number(length ?? 0);
  return text.length < bytes ? undefined : { bytes, ends: true };
}
