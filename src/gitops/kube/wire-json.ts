import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';

/** A number of 16 digits or more, or something in a text that looks like one. */
const longNumber = /[:[,]\s*-?\d{16}/;

/**
 * Reads JSON of the API server. Integers that a double cannot hold become
 * bigints, so that a Helm value is published digit by digit; looking at every
 * number for that takes five times as long, so it is only done where a long one
 * stands in the text.
 *
 * @throws SyntaxError
 */
export function parseWireJson(text: string): JsonValue {
  if (!longNumber.test(text)) return JSON.parse(text) as JsonValue;
  const parse = JSON.parse as (text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown) => unknown;
  return parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as JsonValue;
}

/** The member when it is an object, an empty object otherwise. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isJsonObject(member) ? member : {};
}

/** The member when it is a text, '' otherwise. */
export function textAt(value: JsonObject, key: string): string {
  const member = value[key];
  return typeof member === 'string' ? member : '';
}
