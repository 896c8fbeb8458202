import { MaestroError } from '../../errors.ts';
import { deepestNesting } from '../json-nesting.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { setMember } from '../yaml/members.ts';
import { clientNodeNames, type ClientNodeNames } from './client-node-names.ts';

/**
 * An object of a program as plain JSON, for the wire: Dates as RFC 3339 in UTC, `toJSON` called, undefined members
 * left out, and the names that client-node has for some fields as Kubernetes has them.
 *
 * @param where what messages call the object
 * @throws MaestroError invalid-input for what JSON has nothing for
 */
export function plainObject(given: object, where: string): JsonObject {
  const { apiVersion, kind } = given as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const value = plain(given, { where, level: 0, names: clientNodeNames(apiVersion, kind) });
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw refused(where, 'is no object');
}

interface Place {
  readonly where: string;
  readonly level: number;
  /** The names of client-node that may be met here and below. */
  readonly names: ClientNodeNames | undefined;
}

function plain(value: unknown, place: Place): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw refused(place.where, `is ${value}, which JSON has no number for`);
    case 'object':
      return value === null ? null : plainMembers(value, place);
    default:
      throw refused(place.where, `is a ${typeof value}`);
  }
}

function plainMembers(value: object, place: Place): JsonValue {
  // A cycle ends here too.
  if (place.level > deepestNesting) throw refused(place.where, `nests more than ${deepestNesting} levels deep`);
  if (value instanceof Date) return timeOf(value, place.where);
  if (tellsJson(value) && !ArrayBuffer.isView(value)) {
    const told = value.toJSON();
    return plain(told === value ? { ...value, toJSON: undefined } : told, { ...place, level: place.level + 1 });
  }
  if (Array.isArray(value)) return listOf(value, place);
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (ArrayBuffer.isView(value)) throw refused(place.where, `is a ${kind}; bytes are texts in base64`);
  if (noJson.has(kind)) throw refused(place.where, `is a ${kind}`);
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const name = place.names?.renamed?.[key] ?? key;
    const names = place.names?.members?.[name] ?? place.names?.each;
    setMember(members, name, plain(member, { where: `${place.where}.${name}`, level: place.level + 1, names }));
  }
  return members;
}

function tellsJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function listOf(items: readonly unknown[], { where, level, names }: Place): JsonValue {
  return items.map((item, index) =>
    item === undefined ? null : plain(item, { where: `${where}[${index}]`, level: level + 1, names }),
  );
}

function timeOf(time: Date, where: string): string {
  if (Number.isNaN(time.getTime())) throw refused(where, 'is a Date that is no time');
  return time.toISOString();
}

/** JSON.stringify makes `{}` of these, and all that they hold is lost. */
const noJson: ReadonlySet<string> = new Set([
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Promise',
  'RegExp',
  'Error',
  'ArrayBuffer',
]);

function refused(where: string, what: string): MaestroError {
  return new MaestroError('invalid-input', `${where} ${what}`, { hint: 'Nothing was sent.' });
}
