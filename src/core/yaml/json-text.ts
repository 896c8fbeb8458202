import type { JsonObject, JsonValue } from '../json.ts';
import { deepestNesting, endOfString } from '../json-nesting.ts';
import type { DuplicateKeys, Issue } from './convert.ts';
import type { JsonPath } from './json-path.ts';
import { jsonInteger, setMember } from './members.ts';
import { resolveScalar } from './scalars.ts';

/** One JSON value of a text, with the offset of its first character. */
export interface JsonText {
  readonly value: JsonValue;
  readonly start: number;
}

export interface JsonTexts {
  readonly texts: readonly JsonText[];
  readonly issues: readonly Issue[];
}

/** The text is not JSON; the YAML reader decides what it is. */
class NotJson extends Error {}

interface Scan {
  readonly source: string;
  readonly duplicateKeys: DuplicateKeys;
  readonly issues: Issue[];
  position: number;
  depth: number;
}

/** A member or item: where it starts (the key of a member) and where its value does. */
interface Entry {
  readonly place: number;
  readonly value: number;
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/**
 * Reads a text that is JSON through and through, one value or several one
 * after another, some twenty times faster than as YAML. kubectl also has a
 * JSON reader of its own for such files. undefined when the text is anything
 * else, numbers beyond a double included.
 */
export function readJsonTexts(source: string, duplicateKeys: DuplicateKeys): JsonTexts | undefined {
  const scan: Scan = { source, duplicateKeys, issues: [], position: 0, depth: 0 };
  const texts: JsonText[] = [];
  try {
    for (skipSpace(scan); scan.position < source.length; skipSpace(scan)) {
      const start = scan.position;
      const isContainer = '{['.includes(source.charAt(start));
      // kubectl passes over a null in a stream of objects.
      if (!isContainer && (texts.length === 0 || !source.startsWith('null', start))) return undefined;
      const value = readValue(scan);
      if (isContainer) texts.push({ value, start });
    }
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
  return { texts, issues: scan.issues };
}

/** Finds places in a JSON text by scanning it again, each container once. */
export function jsonLocator(source: string, start: number): (path: JsonPath) => number {
  const known = new Map<number, ReadonlyMap<string, Entry>>();
  return (path) => {
    let place = start;
    let value = start;
    for (const step of path) {
      const entries = known.get(value) ?? entriesAt(source, value);
      known.set(value, entries);
      const entry = entries.get(String(step));
      if (entry === undefined) break;
      ({ place, value } = entry);
    }
    return place;
  };
}

function entriesAt(source: string, start: number): ReadonlyMap<string, Entry> {
  const scan: Scan = { source, duplicateKeys: 'last', issues: [], position: start, depth: 0 };
  const entries = new Map<string, Entry>();
  const note = (key: string, entry: Entry): void => void entries.set(key, entry);
  if (source.charAt(start) === '{') readObject(scan, note);
  if (source.charAt(start) === '[') readArray(scan, note);
  return entries;
}

function readValue(scan: Scan): JsonValue {
  const first = scan.source.charAt(scan.position);
  if (first === '{') return readObject(scan);
  if (first === '[') return readArray(scan);
  if (first === '"') return readString(scan);
  for (const [word, value] of literals) {
    if (scan.source.startsWith(word, scan.position)) {
      scan.position += word.length;
      return value;
    }
  }
  return readNumber(scan);
}

function readObject(scan: Scan, note?: (key: string, entry: Entry) => void): JsonObject {
  const members: Record<string, JsonValue> = {};
  const written = new Set<string>();
  readItems(scan, '}', () => {
    const place = scan.position;
    const key = readString(scan);
    skipSpace(scan);
    expect(scan, ':');
    skipSpace(scan);
    note?.(key, { place, value: scan.position });
    if (written.has(key) && scan.duplicateKeys === 'error') {
      scan.issues.push({ offset: place, message: `key ${JSON.stringify(key)} already set` });
    }
    written.add(key);
    setMember(members, key, readValue(scan));
  });
  return members;
}

function readArray(scan: Scan, note?: (key: string, entry: Entry) => void): readonly JsonValue[] {
  const items: JsonValue[] = [];
  readItems(scan, ']', () => {
    note?.(String(items.length), { place: scan.position, value: scan.position });
    items.push(readValue(scan));
  });
  return items;
}

function readItems(scan: Scan, end: string, readItem: () => void): void {
  scan.position += 1;
  scan.depth += 1;
  if (scan.depth > deepestNesting) throw new NotJson();
  skipSpace(scan);
  if (scan.source.charAt(scan.position) !== end) {
    for (;;) {
      readItem();
      skipSpace(scan);
      if (scan.source.charAt(scan.position) !== ',') break;
      scan.position += 1;
      skipSpace(scan);
    }
  }
  expect(scan, end);
  scan.depth -= 1;
}

function readString(scan: Scan): string {
  const { source, position } = scan;
  if (source.charAt(position) !== '"') throw new NotJson();
  const end = endOfString(source, position);
  scan.position = end + 1;
  try {
    // Throws too for a string that nothing ends.
    return (JSON.parse(source.slice(position, end + 1)) as string).toWellFormed();
  } catch {
    throw new NotJson();
  }
}

function readNumber(scan: Scan): JsonValue {
  number.lastIndex = scan.position;
  const text = number.exec(scan.source)?.[0];
  if (text === undefined) throw new NotJson();
  scan.position += text.length;
  const resolved = resolveScalar({ text, plain: true, tag: undefined });
  if (resolved.type === 'int') return jsonInteger(resolved.value);
  if (resolved.type === 'float') return resolved.value;
  throw new NotJson();
}

function expect(scan: Scan, character: string): void {
  if (scan.source.charAt(scan.position) !== character) throw new NotJson();
  scan.position += 1;
}

function skipSpace(scan: Scan): void {
  while (' \t\n\r'.includes(scan.source.charAt(scan.position)) && scan.position < scan.source.length) {
    scan.position += 1;
  }
}
