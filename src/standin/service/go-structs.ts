import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';

/** A type of Go as encoding/json reads and writes it. */
export type GoType =
  | { readonly kind: 'string' | 'bool' | 'int64'; readonly name: string }
  | { readonly kind: 'list'; readonly of: GoType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: Readonly<Record<string, GoField>> };

export interface GoField {
  readonly type: GoType;
  /** Points to its value, so that "not set" and "empty" are two things. */
  readonly pointer?: true;
  readonly omitEmpty?: true;
}

/** The place of a value: the innermost struct and the JSON names on the way, as Go's errors have them. */
export interface GoPlace {
  readonly struct: string;
  readonly path: readonly string[];
}

/** What comes out when Go reads a value into a type and writes it again; what does not fit is left at its zero. */
export function throughGo(value: JsonValue | undefined, type: GoType): JsonValue {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : '';
    case 'bool':
      return value === true;
    case 'int64':
      return typeof value === 'number' && Number.isInteger(value) ? value : 0;
    case 'list':
      return Array.isArray(value) ? value.map((item: JsonValue) => throughGo(item, type.of)) : null;
    case 'struct':
      return structThroughGo(isJsonObject(value) ? value : {}, type.fields);
  }
}

function structThroughGo(value: JsonObject, fields: Readonly<Record<string, GoField>>): JsonObject {
  const written = Object.entries(fields).map(([name, { type, pointer, omitEmpty }]) => {
    const member = memberOf(value, name);
    if (pointer === true && (member === undefined || member === null))
      return [name, omitEmpty === true ? undefined : null] as const;
    const made = throughGo(member, type);
    return [name, omitEmpty === true && pointer !== true && isEmpty(made) ? undefined : made] as const;
  });
  return Object.fromEntries(written.filter(([, member]) => member !== undefined));
}

/** Empty as Go has it: a struct never is. */
function isEmpty(value: JsonValue): boolean {
  return (
    value === '' || value === false || value === 0 || value === null || (Array.isArray(value) && value.length === 0)
  );
}

/** Go prefers the exact name and takes any other case of it. */
function memberOf(value: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(value, name)) return value[name];
  const other = Object.keys(value).find((key) => key.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : value[other];
}

/** Why Go cannot read a value into a type, in the words of encoding/json; "" when it can. */
export function goProblem(value: JsonValue | undefined, type: GoType, place: GoPlace): string {
  if (value === undefined || value === null) return '';
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? '' : mismatch(value, type, place);
    case 'bool':
      return typeof value === 'boolean' ? '' : mismatch(value, type, place);
    case 'int64':
      return typeof value === 'number' && Number.isInteger(value) ? '' : mismatch(value, type, place);
    case 'list':
      if (!Array.isArray(value)) return mismatch(value, type, place);
      return firstOf((value as readonly JsonValue[]).map((item) => () => goProblem(item, type.of, place)));
    case 'struct':
      if (!isJsonObject(value)) return mismatch(value, type, place);
      return firstOf(
        Object.entries(type.fields).map(
          ([name, field]) =>
            () =>
              goProblem(memberOf(value, name), field.type, { struct: type.name, path: [...place.path, name] }),
        ),
      );
  }
}

function firstOf(checks: readonly (() => string)[]): string {
  for (const check of checks) {
    const problem = check();
    if (problem !== '') return problem;
  }
  return '';
}

function mismatch(value: JsonValue, type: GoType, { struct, path }: GoPlace): string {
  const number = typeof value === 'number' && type.kind === 'int64' ? ` ${value}` : '';
  return `json: cannot unmarshal ${goKind(value)}${number} into Go struct field ${struct}.${path.join('.')} of type ${nameOf(type)}`;
}

function nameOf(type: GoType): string {
  return type.kind === 'list' ? `[]${nameOf(type.of)}` : type.kind === 'struct' ? `v1.${type.name}` : type.name;
}

/** What Go's decoder calls a JSON value. */
export function goKind(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
