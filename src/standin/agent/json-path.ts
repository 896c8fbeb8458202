import { isJsonObject } from '../../core/json.ts';
import type { JsonValue } from '../../core/json.ts';

/** A path that the simulated agent cannot read. */
export class JsonPathError extends Error {}

type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'every' }
  | { readonly kind: 'filter'; readonly path: readonly Step[]; readonly equals: string | number | boolean };

const stepPattern =
  /\.(?<name>[A-Za-z_0-9-](?:[^.[\]'"\\]|\\.)*)|\['(?<quoted>[^']*)'\]|\[(?<index>-?\d+)\]|(?<every>\[\*\]|\.\*)|\[\?\(@(?<path>[^=()]+?)\s*==\s*(?<value>"[^"]*"|'[^']*'|true|false|-?\d+)\s*\)\]/y;

/** All values at a path of the kind that feedback rules use: `.a.b`, `['k']`, `[0]`, `[*]`, `[?(@.type=="X")]`. */
export function valuesAt(root: JsonValue, path: string): JsonValue[] {
  return walk([root], parse(path));
}

function parse(path: string): Step[] {
  const steps: Step[] = [];
  // A pattern of its own: filters have paths inside, and the position belongs to one path.
  const pattern = new RegExp(stepPattern);
  while (pattern.lastIndex < path.length) {
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined) throw new JsonPathError(`unrecognized path ${path}`);
    steps.push(step(groups));
  }
  return steps;
}

function step(groups: Readonly<Record<string, string | undefined>>): Step {
  const { name, quoted, index, path, value } = groups;
  if (name !== undefined) return { kind: 'key', name: name.replace(/\\(.)/g, '$1') };
  if (quoted !== undefined) return { kind: 'key', name: quoted };
  if (index !== undefined) return { kind: 'index', at: Number(index) };
  if (path === undefined || value === undefined) return { kind: 'every' };
  const equals = /^['"]/.test(value) ? value.slice(1, -1) : (JSON.parse(value) as number | boolean);
  return { kind: 'filter', path: parse(path), equals };
}

function walk(values: readonly JsonValue[], steps: readonly Step[]): JsonValue[] {
  let current = [...values];
  for (const one of steps) current = current.flatMap((value) => follow(value, one));
  return current;
}

function follow(value: JsonValue, one: Step): JsonValue[] {
  const items: readonly JsonValue[] = Array.isArray(value)
    ? (value as readonly JsonValue[])
    : isJsonObject(value)
      ? Object.values(value).map((member) => member ?? null)
      : [];
  switch (one.kind) {
    case 'key': {
      const member = isJsonObject(value) && Object.hasOwn(value, one.name) ? value[one.name] : undefined;
      return member === undefined ? [] : [member];
    }
    case 'index': {
      const item = Array.isArray(value) ? items.at(one.at) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'every':
      return [...items];
    case 'filter':
      return items.filter((item) => walk([item], one.path).includes(one.equals));
  }
}
