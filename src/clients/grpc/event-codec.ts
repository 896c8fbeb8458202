import type { CloudEventV1 } from 'cloudevents';
import { isoTime } from '../../core/iso-time.ts';
import { MaestroError } from '../../errors.ts';

/** `google.protobuf.Timestamp`; seconds are an int64 and so a string when read. */
export interface WireTimestamp {
  readonly seconds: string | number;
  readonly nanos: number;
}

/** One attribute: exactly one member is set (`attr` repeats its name when read). */
export interface WireAttribute {
  readonly attr?: string;
  readonly ce_boolean?: boolean;
  readonly ce_integer?: number;
  readonly ce_string?: string;
  readonly ce_bytes?: Uint8Array;
  readonly ce_uri?: string;
  readonly ce_uri_ref?: string;
  readonly ce_timestamp?: WireTimestamp;
}

/** The protobuf CloudEvent as proto-loader reads and writes it. */
export interface WireEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, WireAttribute>>;
  readonly data?: string;
  readonly binary_data?: Uint8Array;
  readonly text_data?: string;
}

/** What an extension attribute can hold. */
export type ExtensionValue = boolean | number | string | Uint8Array | Date;

/** An event read from the wire. Nothing is invented: what the sender left out is "". */
export interface ReceivedEvent {
  readonly id: string;
  readonly source: string;
  readonly specVersion: string;
  readonly type: string;
  readonly contentType?: string;
  /** RFC 3339 with the sender's precision. */
  readonly time?: string;
  /** Names without the prefix `ce-`. */
  readonly extensions: Readonly<Record<string, ExtensionValue>>;
  readonly data?: Uint8Array;
}

/** Attributes of the CloudEvents specification, which are not extensions. */
const ownAttributes = new Set([
  'id',
  'source',
  'specversion',
  'type',
  'time',
  'datacontenttype',
  'data',
  'data_base64',
  'datacontentencoding',
]);

/**
 * A CloudEvent as Maestro reads it (recordings/lifecycle.json, step create):
 * every attribute but `contenttype` carries the prefix `ce-`, integers are
 * int32, the payload is binary data, of text its UTF-8 bytes. Throws an internal error for an event that
 * lacks a required attribute or holds a value the wire has no form for.
 */
export function encodeEvent(event: CloudEventV1<Uint8Array | string>): WireEvent {
  for (const name of ['id', 'source', 'type'] as const) {
    if (typeof event[name] !== 'string' || event[name] === '') throw unencodable(name, 'is missing');
  }
  if (event.specversion !== '1.0') throw unencodable('specversion', 'must be "1.0"');
  const attributes: Record<string, WireAttribute> = {};
  if (event.datacontenttype !== undefined) attributes['contenttype'] = { ce_string: event.datacontenttype };
  if (event.time !== undefined) attributes['ce-time'] = { ce_timestamp: encodeTime(event.time) };
  for (const [name, value] of Object.entries(event)) {
    if (value === undefined || ownAttributes.has(name)) continue;
    attributes[`ce-${name}`] = encodeValue(name, value);
  }
  return {
    id: event.id,
    source: event.source,
    spec_version: event.specversion,
    type: event.type,
    attributes,
    ...(event.data === undefined
      ? {}
      : { binary_data: typeof event.data === 'string' ? Buffer.from(event.data, 'utf8') : event.data }),
  };
}

/**
 * Reads an event as Maestro does: attributes without the prefix `ce-` are not
 * seen (recordings/rejected.json, attributes-without-ce-prefix), except
 * `contenttype`; text data is not read. Never throws.
 */
export function decodeEvent(wire: WireEvent): ReceivedEvent {
  const extensions: Record<string, ExtensionValue> = {};
  let time: string | undefined;
  for (const [name, attribute] of Object.entries(wire.attributes ?? {})) {
    if (name === 'ce-time' && attribute.ce_timestamp) time = formatTime(attribute.ce_timestamp);
    else if (name.startsWith('ce-')) {
      const value = decodeValue(attribute);
      if (value !== undefined) extensions[name.slice(3)] = value;
    }
  }
  const contentType = wire.attributes?.['contenttype']?.ce_string;
  return {
    id: wire.id ?? '',
    source: wire.source ?? '',
    specVersion: wire.spec_version ?? '',
    type: wire.type ?? '',
    extensions,
    ...(contentType === undefined ? {} : { contentType }),
    ...(time === undefined ? {} : { time }),
    ...(wire.binary_data === undefined ? {} : { data: wire.binary_data }),
  };
}

function encodeValue(name: string, value: unknown): WireAttribute {
  if (typeof value === 'string') return { ce_string: value };
  if (typeof value === 'boolean') return { ce_boolean: value };
  if (value instanceof Date) return { ce_timestamp: encodeTime(isoTime(value.getTime())) };
  if (value instanceof Uint8Array) return { ce_bytes: value };
  if (typeof value === 'number') {
    // The wire has int32 only, and protobufjs would cut a larger number silently.
    if (!Number.isInteger(value) || (value | 0) !== value) throw unencodable(name, `is ${value}, which is no int32`);
    return { ce_integer: value };
  }
  throw unencodable(name, 'has a type that CloudEvents do not know');
}

function decodeValue(attribute: WireAttribute): ExtensionValue | undefined {
  if (attribute.ce_timestamp) return new Date(milliseconds(attribute.ce_timestamp));
  return (
    attribute.ce_string ??
    attribute.ce_integer ??
    attribute.ce_boolean ??
    attribute.ce_uri ??
    attribute.ce_uri_ref ??
    attribute.ce_bytes
  );
}

/** RFC 3339 to seconds and nanoseconds; a fraction keeps up to nine digits. */
function encodeTime(text: string): WireTimestamp {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw unencodable('time', `is "${text}", which is no RFC 3339 time`);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return { seconds: Math.floor(ms / 1000), nanos: Number(fraction.padEnd(9, '0')) };
}

function formatTime(timestamp: WireTimestamp): string | undefined {
  const ms = Number(timestamp.seconds) * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return undefined;
  const seconds = new Date(ms).toISOString().slice(0, -5);
  const fraction = timestamp.nanos > 0 ? `.${String(timestamp.nanos).padStart(9, '0').replace(/0+$/, '')}` : '';
  return `${seconds}${fraction}Z`;
}

function milliseconds(timestamp: WireTimestamp): number {
  return Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000);
}

function unencodable(name: string, problem: string): MaestroError {
  return new MaestroError('internal', `the event's attribute ${name} ${problem}`, { delivery: 'not-sent' });
}
