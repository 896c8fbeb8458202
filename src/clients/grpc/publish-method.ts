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
  requestSerialize: ({ event }: PublishRequest): Buffer => Buffer.concat(bytesField(1, encodeWireEvent(event))),
  /** `google.protobuf.Empty`: whatever stands in it belongs to a later version. */
  responseDeserialize: (_bytes: Buffer): Empty => ({}),
} as const;

type Parts = readonly Uint8Array[];

function encodeWireEvent(event: WireEvent): Parts {
  return [
    ...textField(1, event.id),
    ...textField(2, event.source),
    ...textField(3, event.spec_version),
    ...textField(4, event.type),
    ...Object.entries(event.attributes ?? {}).flatMap(([name, value]) =>
      bytesField(5, [...textField(1, name), ...bytesField(2, encodeAttribute(value))]),
    ),
    ...(event.binary_data === undefined ? [] : bytesField(6, [event.binary_data])),
    ...textField(7, event.text_data),
  ];
}

function encodeAttribute(value: WireAttribute): Parts {
  return [
    ...(value.ce_boolean === undefined ? [] : integerField(1, value.ce_boolean ? 1 : 0)),
    ...(value.ce_integer === undefined ? [] : integerField(2, value.ce_integer)),
    ...textField(3, value.ce_string),
    ...(value.ce_bytes === undefined ? [] : bytesField(4, [value.ce_bytes])),
    ...textField(5, value.ce_uri),
    ...textField(6, value.ce_uri_ref),
    ...(value.ce_timestamp === undefined
      ? []
      : bytesField(7, [...integerField(1, value.ce_timestamp.seconds), ...integerField(2, value.ce_timestamp.nanos)])),
  ];
}

function textField(number: number, text: string | undefined): Parts {
  return text === undefined ? [] : bytesField(number, [Buffer.from(text, 'utf8')]);
}

/** Wire type 2: a length, then that many bytes. */
function bytesField(number: number, parts: Parts): Parts {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Buffer.from([(number << 3) | 2, ...varint(length)]), ...parts];
}

/** Wire type 0: int32 and int64 alike are the 64 bits of two's complement, seven at a time. */
function integerField(number: number, value: number | string): Parts {
  return [Buffer.from([number << 3, ...varint(value)])];
}

function varint(value: number | string): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}
