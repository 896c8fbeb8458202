import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { goJsonProblem } from '../service/go-json.ts';
import type { WorkWrite } from '../service/resource-service.ts';
import type { WireAttribute, WireEvent } from './wire.ts';

/** A refusal with the server's text; gRPC code UNKNOWN. */
export class EventError extends Error {}

type AttributeValue = string | number | boolean | Buffer | Date;

/** A CloudEvent as the server's library reads it from protobuf. */
export interface DecodedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string | undefined;
  readonly contentType: string | undefined;
  readonly extensions: ReadonlyMap<string, AttributeValue>;
  /** undefined when there is no `binary_data`; `text_data` is not read. */
  readonly data: Buffer | undefined;
}

export interface EventType {
  readonly subresource: 'spec' | 'status';
  readonly action: string;
}

const ownAttributes: readonly string[] = [
  'id',
  'source',
  'type',
  'specversion',
  'time',
  'subject',
  'dataschema',
  'datacontenttype',
];

/**
 * Only attributes with the prefix `ce-` are seen, and `contenttype` (recordings/rejected.json,
 * attributes-without-ce-prefix).
 */
export function decodeEvent(event: WireEvent): DecodedEvent {
  const attributes = Object.entries(event.attributes ?? {});
  if (event.spec_version !== '1.0' || attributes.length === 0) {
    throw new EventError('failed to convert to cloudevent: unknown Message encoding');
  }
  const known = new Map<string, AttributeValue>();
  const extensions = new Map<string, AttributeValue>();
  for (const [name, attribute] of attributes) {
    const value = attributeValue(attribute);
    if (value === undefined) {
      throw new EventError(
        `failed to convert to cloudevent: failed to convert attribute ${name}: unsupported attribute type: <nil>`,
      );
    }
    if (name === 'contenttype') known.set('datacontenttype', value);
    else if (name.startsWith('ce-')) {
      const bare = name.slice('ce-'.length);
      (ownAttributes.includes(bare) ? known : extensions).set(bare, value);
    }
  }
  const text = (name: string, field: string | undefined): string => {
    const value = known.get(name);
    return typeof value === 'string' ? value : (field ?? '');
  };
  const time = known.get('time');
  const [source, type] = [text('source', event.source), text('type', event.type)];
  // The server's own validation fails here, with an error that has no text.
  if (source === '' || type === '') throw new EventError('');
  return {
    id: text('id', event.id),
    source,
    type,
    time: time instanceof Date ? time.toISOString() : typeof time === 'string' ? time : undefined,
    contentType: known.has('datacontenttype') ? text('datacontenttype', '') : undefined,
    extensions,
    data: event.binary_data,
  };
}

/** `<group…>.<version>.<resource>.<spec|status>.<action>`; group, version and resource may be anything. */
export function parseEventType(type: string): EventType {
  const parts = type.split('.');
  const fail = (problem: string): never => {
    throw new EventError(`failed to parse cloud event type ${type}, ${problem}`);
  };
  if (parts.length < 5) fail(`unsupported cloudevents type format: ${type}`);
  const subresource = parts.at(-2) ?? '';
  if (subresource !== 'spec' && subresource !== 'status') return fail(`unsupported subresource ${subresource}`);
  return { subresource, action: parts.at(-1) ?? '' };
}

/** Reads a spec event into what the resource service takes. */
export function decodeWrite(event: DecodedEvent): WorkWrite {
  const consumerName = textExtension(event, 'clustername');
  const id = textExtension(event, 'resourceid');
  const version = integerExtension(event, 'resourceversion');
  return { id, consumerName, source: event.source, version, payload: canonicalJson(payloadOf(event)) };
}

/** The CloudEvent as the database keeps it; numbers become doubles here. */
function payloadOf(event: DecodedEvent): JsonObject {
  const extensions: Record<string, JsonValue> = {};
  for (const [name, value] of event.extensions) extensions[name] = jsonOf(value);
  if (event.extensions.has('metadata')) extensions['metadata'] = metadataOf(extensions['metadata']);
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    ...(event.contentType === undefined ? {} : { datacontenttype: event.contentType }),
    ...(event.time === undefined ? {} : { time: event.time }),
    ...extensions,
    ...(event.data === undefined || event.data.length === 0 ? {} : { data: dataOf(event) }),
  };
}

const conversion = 'failed to decode cloudevent: failed to convert cloudevent to resource payload: ';

function dataOf(event: DecodedEvent): JsonValue {
  const text = (event.data ?? Buffer.alloc(0)).toString('utf8');
  if (event.contentType !== undefined && !/^(?:application|text)\/json\b/.test(event.contentType)) return text;
  const problem = goJsonProblem(text);
  if (problem !== undefined) {
    throw new EventError(
      `${conversion}failed to marshal cloudevent to JSONMAP: json: error calling MarshalJSON for type *event.Event: ${problem}`,
    );
  }
  return JSON.parse(text) as JsonValue;
}

function metadataOf(value: JsonValue | undefined): JsonObject {
  const text = typeof value === 'string' ? value : '';
  const problem = goJsonProblem(text);
  const parsed = problem === undefined ? (JSON.parse(text) as JsonValue) : undefined;
  if (parsed !== undefined && isJsonObject(parsed)) return parsed;
  const reason = problem ?? 'json: cannot unmarshal value into Go value of type map[string]interface {}';
  throw new EventError(`${conversion}failed to unmarshal metadata extension to object: ${reason}`);
}

function textExtension(event: DecodedEvent, name: string): string {
  const value = event.extensions.get(name);
  if (typeof value === 'string') return value;
  const shown =
    value === undefined ? 'invalid CloudEvents value: <nil>' : `cannot convert ${shortText(value)} to string`;
  throw new EventError(`failed to decode cloudevent: failed to get ${name} extension: ${shown}`);
}

/** A string of digits counts as an integer (recordings/rejected.json, resourceversion-as-string). */
function integerExtension(event: DecodedEvent, name: string): number {
  const value = event.extensions.get(name);
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^[-+]?\d+$/.test(value)) return Number(value);
  const shown =
    value === undefined
      ? 'invalid CloudEvents value: <nil>'
      : typeof value === 'string'
        ? `strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`
        : `cannot convert ${shortText(value)} to int32`;
  throw new EventError(`failed to decode cloudevent: failed to get ${name} extension: ${shown}`);
}

function attributeValue(attribute: WireAttribute): AttributeValue | undefined {
  if (attribute.ce_string !== undefined) return attribute.ce_string;
  if (attribute.ce_integer !== undefined) return attribute.ce_integer;
  if (attribute.ce_boolean !== undefined) return attribute.ce_boolean;
  if (attribute.ce_bytes !== undefined) return attribute.ce_bytes;
  if (attribute.ce_timestamp !== undefined) {
    const { seconds, nanos } = attribute.ce_timestamp;
    return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1_000_000));
  }
  return attribute.ce_uri ?? attribute.ce_uri_ref;
}

function jsonOf(value: AttributeValue): JsonValue {
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? value.toString('base64') : value;
}

function shortText(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(jsonOf(value));
}
