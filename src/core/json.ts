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

/**
 * One text per content: keys sorted, numbers as the server keeps them. Maestro
 * holds numbers as doubles, so 9007199254740993 and 9007199254740992 are the
 * same content once stored.
 */
export function canonicalJson(value: JsonValue | undefined): string {
  return canonicalText(value, true);
}

/** The same, with a null member of an object as good as an absent one. */
export function canonicalJsonWithoutNulls(value: JsonValue | undefined): string {
  return canonicalText(value, false);
}

/** One pass without lists in between: it runs over every application of a hub. */
function canonicalText(value: JsonValue | undefined, nullMembers: boolean): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return JSON.stringify(Number(value));
  if (typeof value !== 'object') return JSON.stringify(Object.is(value, -0) ? 0 : value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) text += `${text === '' ? '' : ','}${canonicalText(item, nullMembers)}`;
    return `[${text}]`;
  }
  const object = value as JsonObject;
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined || (member === null && !nullMembers)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalText(member, nullMembers)}`;
  }
  return `{${text}}`;
}
