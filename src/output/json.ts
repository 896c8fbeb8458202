import { toWireJson, type JsonValue } from '../core/json.ts';
import { shownJson } from '../core/shown-text.ts';

/** A value as a document of its own: indented, with a line break at its end. */
export function toJson(value: unknown): string {
  return `${printedJson(value, 2)}\n`;
}

/**
 * A value as JSON for standard output or a log: the same value for every reader, and harmless on a terminal. Integers
 * beyond 2^53 keep their digits.
 */
export function printedJson(value: unknown, indent?: number): string {
  return shownJson(toWireJson(value as JsonValue, indent));
}
