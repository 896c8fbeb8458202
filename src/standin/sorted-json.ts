import { canonicalJson } from '../core/json.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';

/**
 * What canonicalJson gives, for values out of JSON.parse at half its cost: the
 * stand-in prints hundreds of bundles a page, most of them sorted already.
 */
export function sortedJson(value: JsonValue): string {
  const sorted = sortedKeys(value);
  return sorted === undefined ? canonicalJson(value) : JSON.stringify(sorted);
}

/** The value itself when its keys are in order, else a copy; undefined when an object can not keep that order. */
function sortedKeys(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'bigint' || value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? sortedItems(value) : sortedMembers(value as JsonObject);
}

function sortedItems(items: readonly JsonValue[]): JsonValue | undefined {
  let copy: JsonValue[] | undefined;
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const sorted = sortedKeys(item);
    if (sorted === undefined) return undefined;
    if (sorted !== item) (copy ??= items.slice())[at] = sorted;
  }
  return copy ?? items;
}

function sortedMembers(object: JsonObject): JsonObject | undefined {
  const keys = Object.keys(object);
  let inOrder = true;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    // Objects put such keys first, and take __proto__ for something else.
    if (/^\d/.test(key) || key === '__proto__') return undefined;
    if (at > 0 && (keys[at - 1] ?? '') > key) inOrder = false;
  }
  if (!inOrder) keys.sort();
  const copy: Record<string, JsonValue> = {};
  for (const key of keys) {
    const member = object[key];
    if (member === undefined) continue;
    const sorted = sortedKeys(member);
    if (sorted === undefined) return undefined;
    if (sorted !== member) inOrder = false;
    copy[key] = sorted;
  }
  return inOrder ? object : copy;
}
