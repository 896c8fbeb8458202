import type { JsonValue } from '../json.ts';

/** Sets an own member. Assigning `__proto__` would change the object's prototype instead. */
export function setMember(members: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    members[key] = value;
  }
}

/** A number where a double holds it exactly beyond doubt, else a bigint. */
export function jsonInteger(value: bigint): JsonValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
