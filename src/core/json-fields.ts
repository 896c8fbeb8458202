import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** The member when it is text, "" otherwise. */
export function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** The member when it is a map, an empty one otherwise. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The maps among the items of a list; none when it is no list. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter((item) => isJsonObject(item)) : [];
}

/** The texts among the items of a list; none when it is no list. */
export function textsAt(object: JsonObject, key: string): readonly string[] {
  const value = object[key];
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).filter((item): item is string => typeof item === 'string');
}

/** The texts of a map such as labels; what is no text is left out. */
export function stringMapAt(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const map = objectAt(object, key);
  if (Object.values(map).every((value) => typeof value === 'string')) return map as Readonly<Record<string, string>>;
  const entries = Object.entries(map);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
