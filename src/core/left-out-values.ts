import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { isMaskText, maskSecrets } from './mask-secrets.ts';
import { manifestKey, manifestLabel } from './works/manifest-work.ts';
import type { JsonPath } from './yaml/json-path.ts';
import { setMember } from './yaml/members.ts';

/** A value that a masked copy does not hold. */
export interface LeftOutValue {
  /** From the root of what was masked. */
  readonly path: JsonPath;
  readonly value: JsonValue;
}

/** The values that `masked`, made by `maskSecrets` of `value`, has left out, in the order in which they stand. */
export function leftOutValues(value: JsonValue, masked: JsonValue, path: JsonPath = []): readonly LeftOutValue[] {
  if (Array.isArray(value) && Array.isArray(masked)) {
    const copies = masked as readonly JsonValue[];
    return value.flatMap((item: JsonValue, index) => leftOutValues(item, copies[index] ?? null, [...path, index]));
  }
  if (isJsonObject(value) && isJsonObject(masked)) {
    return Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : leftOutValues(member, masked[key] ?? null, [...path, key]),
    );
  }
  return isMask(masked) && value !== masked ? [{ path, value }] : [];
}

/** What becomes of a text in which masks stood, and where one stands for nothing. */
export interface Unmasked {
  readonly value: JsonValue;
  /** Places of masks for which nothing is stored. */
  readonly unknown: readonly JsonPath[];
}

/**
 * Puts back what a person saw masked: a mask in `edited` stands for the value
 * that `original` has at the same place of the same object. Objects of Kubernetes
 * are known by kind, namespace and name, other members of a list by their name,
 * or by being as they were: a value never comes to stand in an object that it
 * was not taken from.
 */
export function putBackMasked(edited: JsonValue, original: JsonValue): Unmasked {
  const unknown: JsonPath[] = [];
  const value = unmasked({ edited, original, masked: maskSecrets(original) }, [], unknown);
  return { value, unknown };
}

/** One place in three texts; undefined where the original has no such place. */
interface Place {
  readonly edited: JsonValue;
  readonly original: JsonValue | undefined;
  readonly masked: JsonValue | undefined;
}

function unmasked({ edited, original, masked }: Place, path: JsonPath, unknown: JsonPath[]): JsonValue {
  if (isMask(edited)) {
    if (original !== undefined && isMask(masked)) return original;
    unknown.push(path);
    return edited;
  }
  if (Array.isArray(edited)) {
    const pairing = pairingOf(listOf(original), listOf(masked));
    return edited.map((item: JsonValue, index) =>
      unmasked({ edited: item, ...pairing(item) }, [...path, index], unknown),
    );
  }
  if (!isJsonObject(edited)) return edited;
  const twins = { original: objectOf(original), masked: objectOf(masked) };
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(edited)) {
    if (member === undefined) continue;
    const place = { edited: member, original: own(twins.original, key), masked: own(twins.masked, key) };
    setMember(members, key, unmasked(place, [...path, key], unknown));
  }
  return members;
}

/** Finds the member of a list that an edited one was: the only one of its name, or the one that looked just so. */
function pairingOf(
  originals: readonly JsonValue[],
  masked: readonly JsonValue[],
): (item: JsonValue) => Pick<Place, 'original' | 'masked'> {
  let byName: ReadonlyMap<string, readonly number[]> | undefined;
  let byText: ReadonlyMap<string, readonly number[]> | undefined;
  return (item) => {
    const name = nameOf(item);
    byName ??= placesBy(masked, nameOf);
    const named = name === undefined ? [] : (byName.get(name) ?? []);
    const [only] = named;
    if (only !== undefined && named.length === 1) return { original: originals[only], masked: masked[only] };
    byText ??= placesBy(masked, canonicalJson);
    const [same] = byText.get(canonicalJson(item)) ?? [];
    return same === undefined
      ? { original: undefined, masked: undefined }
      : { original: originals[same], masked: masked[same] };
  };
}

function placesBy(
  items: readonly JsonValue[],
  keyOf: (item: JsonValue) => string | undefined,
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const others = found.get(key);
    if (others === undefined) found.set(key, [index]);
    else others.push(index);
  }
  return found;
}

function nameOf(item: JsonValue): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const { kind, name } = item;
  if (typeof kind === 'string') return `${kind} ${manifestLabel(manifestKey(item))}`;
  return typeof name === 'string' ? `- ${name}` : undefined;
}

function isMask(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && isMaskText(value);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
