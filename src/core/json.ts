import { checkLimits, deepestNesting } from './json-nesting.ts';

/**
 * JSON as Kubernetes manifests need it: integers that a double cannot hold are
 * bigints, so that they reach the wire digit by digit.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

declare global {
  interface JSON {
    /** ECMAScript "JSON.parse source text access"; in Node since 21, not yet in TypeScript's lib. */
    rawJSON(text: string): unknown;
  }
}

/** An object of JSON; a member that is undefined is left out on the wire. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON text for the wire. Bigints are written as plain digits; undefined members are left out. */
export function toWireJson(value: JsonValue, indent?: number): string {
  try {
    // A look at each member takes several times as long, and bigints are rare.
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return JSON.stringify(
    value,
    (_key, member: unknown) => (typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member),
    indent,
  );
}

/** A number of 16 digits or more, or something in a text that looks like one. */
const longNumber = /[:[,]\s*-?\d{16}/;

/**
 * Reads JSON text that others wrote. The one place of ours where JSON.parse may
 * see such text: whatever comes out nests at most `levels` deep, so that
 * recursive code can walk it.
 *
 * @param levels more than the default where something wraps what may itself nest as deep as that
 * @throws SyntaxError for what is no JSON, JsonLimitError for what nests deeper or holds too many values
 */
export function parseJson(text: string, levels: number = deepestNesting): JsonValue {
  checkLimits(text, levels);
  return JSON.parse(text) as JsonValue;
}

/**
 * The object of a JSON text of ours that others may have edited or cut off; undefined for what is none. Long integers
 * are read digit by digit.
 *
 * @param levels see parseJson
 */
export function parseJsonObject(text: string, levels: number = deepestNesting): JsonObject | undefined {
  // An annotation that is not there is the usual one, and an error that is thrown takes long.
  if (text === '') return undefined;
  try {
    const value = parseWireJson(text, levels);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The same for JSON text of the wire. Integers that a double cannot hold become
 * bigints, so that a Helm value is published digit by digit; looking at every
 * number for that takes five times as long, so it is only done where a long one
 * stands in the text.
 *
 * @throws SyntaxError, JsonLimitError
 */
export function parseWireJson(text: string, levels: number = deepestNesting): JsonValue {
  if (!longNumber.test(text)) return parseJson(text, levels);
  checkLimits(text, levels);
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
  return parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as JsonValue;
}

/**
 * One text per content: keys sorted, numbers as the server keeps them. Maestro
 * holds numbers as doubles, so 9007199254740993 and 9007199254740992 are the
 * same content once stored.
 */
export function canonicalJson(value: JsonValue | undefined): string {
  return canonicalText(value, asStored);
}

/** The same, with a null member of an object as good as an absent one. */
export function canonicalJsonWithoutNulls(value: JsonValue | undefined): string {
  return canonicalText(value, withoutNulls);
}

/**
 * JSON text for the wire with keys sorted, so that it is one text for one content: bigints are written as plain digits.
 */
export function orderedWireJson(value: JsonValue): string {
  return canonicalText(value, forWire);
}

/** What a text keeps of a value besides the order of keys. */
interface Keeping {
  /** Members that are null. */
  readonly nulls: boolean;
  /** Digits of integers that a double cannot hold. */
  readonly digits: boolean;
}

const asStored: Keeping = { nulls: true, digits: false };
const withoutNulls: Keeping = { nulls: false, digits: false };
const forWire: Keeping = { nulls: true, digits: true };

/** Some object in it cannot hold its members in the order of their keys. */
const unorderable = Symbol('unorderable');

/**
 * Written in one go when objects can hold the order, which is nearly always: it runs over every application of a hub.
 */
function canonicalText(value: JsonValue | undefined, keeping: Keeping): string {
  if (value === undefined) return 'null';
  const ordered = orderedValue(value, keeping);
  return ordered === unorderable ? textByParts(value, keeping) : toWireJson(ordered);
}

/** The value itself when it is in order, as an API server sends it, else a copy of what is not. */
function orderedValue(value: JsonValue, keeping: Keeping): JsonValue | typeof unorderable {
  if (typeof value === 'bigint') return keeping.digits ? value : Number(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value)
    ? orderedItems(value as readonly JsonValue[], keeping)
    : orderedMembers(value as JsonObject, keeping);
}

function orderedItems(items: readonly JsonValue[], keeping: Keeping): JsonValue | typeof unorderable {
  let copy: JsonValue[] | undefined;
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at] ?? null;
    const ordered = orderedValue(item, keeping);
    if (ordered === unorderable) return unorderable;
    if (ordered !== item) (copy ??= items.slice())[at] = ordered;
  }
  return copy ?? items;
}

function orderedMembers(object: JsonObject, keeping: Keeping): JsonObject | typeof unorderable {
  const keys = Object.keys(object);
  const kept = isSorted(keys);
  if (!kept) keys.sort();
  let copy: Record<string, JsonValue> | undefined = kept ? undefined : {};
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    // Objects put such keys first, and take __proto__ for something else.
    if (key === '__proto__' || (!kept && startsWithDigit(key))) return unorderable;
    const member = object[key];
    if (member === undefined) continue;
    const leftOut = member === null && !keeping.nulls;
    const ordered = typeof member === 'string' ? member : orderedValue(member, keeping);
    if (ordered === unorderable) return unorderable;
    if (copy === undefined && (leftOut || ordered !== member)) {
      copy = {};
      for (let before = 0; before < at; before += 1) copy[keys[before] ?? ''] = object[keys[before] ?? ''] as JsonValue;
    }
    if (copy !== undefined && !leftOut) copy[key] = ordered;
  }
  return copy ?? object;
}

function isSorted(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at += 1) if ((keys[at - 1] ?? '') > (keys[at] ?? '')) return false;
  return true;
}

function startsWithDigit(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** The same text, for what an object cannot hold in order. */
function textByParts(value: JsonValue | undefined, keeping: Keeping): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return keeping.digits ? value.toString() : JSON.stringify(Number(value));
  if (typeof value !== 'object') return JSON.stringify(Object.is(value, -0) ? 0 : value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) text += `${text === '' ? '' : ','}${textByParts(item, keeping)}`;
    return `[${text}]`;
  }
  const object = value as JsonObject;
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined || (member === null && !keeping.nulls)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${textByParts(member, keeping)}`;
  }
  return `{${text}}`;
}
