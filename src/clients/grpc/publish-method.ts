import type { WireAttribute, WireEvent } from './event-codec.ts';
import type { Empty, PublishRequest } from './service.ts';

/**
 * The method Publish with a codec of its own. What proto-loader makes at run
 * time from the descriptor writes the same bytes (test/clients/publish-method.test.ts),
 * but loading it and building its types took an eighth of a whole `apply`
 * (docs/performance.md), and Publish is all that a writing command calls.
 */
export const publishMethod = {
  path: '/io.cloudevents.v1.CloudEventService/Publish',
  requestSerialize: ({ event }: PublishRequest): Buffer => {
    const writer = new BackwardWriter(roomFor(event));
    const end = writer.length;
    writeWireEvent(writer, event);
    writer.message(1, end);
    return writer.bytes();
  },
  /** `google.protobuf.Empty`: whatever stands in it belongs to a later version. */
  responseDeserialize: (_bytes: Buffer): Empty => ({}),
} as const;

function writeWireEvent(writer: BackwardWriter, event: WireEvent): void {
  writer.text(7, event.text_data);
  writer.binary(6, event.binary_data);
  for (const [name, value] of Object.entries(event.attributes ?? {}).reverse()) {
    const end = writer.length;
    writeAttribute(writer, value);
    writer.message(2, end);
    writer.text(1, name);
    writer.message(5, end);
  }
  writer.text(4, event.type);
  writer.text(3, event.spec_version);
  writer.text(2, event.source);
  writer.text(1, event.id);
}

function writeAttribute(writer: BackwardWriter, value: WireAttribute): void {
  if (value.ce_timestamp !== undefined) {
    const end = writer.length;
    writer.integer(2, value.ce_timestamp.nanos);
    writer.integer(1, value.ce_timestamp.seconds);
    writer.message(7, end);
  }
  writer.text(6, value.ce_uri_ref);
  writer.text(5, value.ce_uri);
  writer.binary(4, value.ce_bytes);
  writer.text(3, value.ce_string);
  if (value.ce_integer !== undefined) writer.integer(2, value.ce_integer);
  if (value.ce_boolean !== undefined) writer.integer(1, value.ce_boolean ? 1 : 0);
}

/** About what the event takes, rather more than less: what does not fit is copied into a larger buffer. */
function roomFor({ attributes = {}, binary_data: data, text_data: text = '' }: WireEvent): number {
  let room = 512 + (data?.length ?? 0) + text.length;
  for (const name in attributes) room += 64 + name.length + (attributes[name]?.ce_string?.length ?? 0);
  return room;
}

/**
 * Protobuf from its end to its beginning, because the length of a part stands
 * before it: so nothing is measured, and nothing copied, twice.
 */
class BackwardWriter {
  #buffer: Buffer;
  /** Where the written bytes begin; they reach to the end of the buffer. */
  #start: number;

  constructor(room: number) {
    this.#buffer = Buffer.allocUnsafe(room);
    this.#start = room;
  }

  /** How much is written. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(this.#start);
  }

  text(number: number, text: string | undefined): void {
    if (text === undefined) return;
    const length = Buffer.byteLength(text, 'utf8');
    this.#take(length);
    this.#buffer.write(text, this.#start, length, 'utf8');
    this.#head(number, length);
  }

  binary(number: number, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) return;
    this.#take(bytes.length);
    this.#buffer.set(bytes, this.#start);
    this.#head(number, bytes.length);
  }

  /** Makes what was written since `length` was `end` a message. */
  message(number: number, end: number): void {
    this.#head(number, this.length - end);
  }

  /** Wire type 0: int32 and int64 alike are the 64 bits of two's complement, seven at a time. */
  integer(number: number, value: number | string): void {
    this.#varint(value);
    this.#byte(number << 3);
  }

  /** Wire type 2: a length, then that many bytes. */
  #head(number: number, length: number): void {
    this.#varint(length);
    this.#byte((number << 3) | 2);
  }

  #varint(value: number | string): void {
    if (typeof value === 'number' && value >= 0 && value <= 0x7fff_ffff) {
      this.#shortVarint(value);
      return;
    }
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#take(bytes.length);
    this.#buffer.set(bytes, this.#start);
  }

  /** Up to 31 bits, and so without big integers; the highest group comes first, as all is written backwards. */
  #shortVarint(value: number): void {
    let shift = 0;
    while (shift < 28 && value >>> (shift + 7) > 0) shift += 7;
    this.#byte(value >>> shift);
    while (shift > 0) {
      shift -= 7;
      this.#byte(((value >>> shift) & 0x7f) | 0x80);
    }
  }

  #byte(value: number): void {
    this.#take(1);
    this.#buffer[this.#start] = value;
  }

  /** Makes room for so many bytes before those that are written. */
  #take(length: number): void {
    if (length > this.#start) {
      const written = this.bytes();
      const larger = Buffer.allocUnsafe(2 * (written.length + length));
      written.copy(larger, larger.length - written.length);
      this.#start = larger.length - written.length;
      this.#buffer = larger;
    }
    this.#start -= length;
  }
}
