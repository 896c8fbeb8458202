import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuiltIns } from '../../../src/core/schemas/built-in.ts';
import { projectRoot } from '../../support/run-cli.ts';

/** The Go types of Kubernetes, as scripts/schemas/go-types prints them. */
export interface GoTypes {
  /** `apiVersion Kind` → type. */
  readonly kinds: ReadonlyMap<string, string>;
  /** Type → field → what Go reads into it. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** The types of JSON that Go's own types read. */
const scalars: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  bytes: ['string'],
  bool: ['boolean'],
  int32: ['integer'],
  int64: ['integer'],
  float64: ['number'],
};

export function readGoTypes(): GoTypes {
  const lines = readFileSync(join(projectRoot, 'test/fixtures/kubernetes/go-types.txt'), 'utf8').trim().split('\n');
  const kinds = new Map<string, string>();
  const types = new Map<string, ReadonlyMap<string, string>>();
  for (const line of lines.filter((text) => !text.startsWith('#'))) {
    const [first = '', ...rest] = line.split(' ');
    if (first === '=') kinds.set(`${rest[0]} ${rest[1]}`, rest[2] ?? '');
    else
      types.set(
        first,
        new Map(rest.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)])),
      );
  }
  return { kinds, types };
}

/** Walks from the kinds through all types within them, and tells where schema and Go type part. */
export function checkTypes(
  kinds: readonly { readonly apiVersion: string; readonly kind: string }[],
  go: GoTypes,
  builtIns: BuiltIns,
): { readonly differences: readonly string[]; readonly types: number; readonly fields: number } {
  const differences: string[] = [];
  const seen = new Set<string>();
  let fields = 0;
  const follow = (schema: Schema | undefined): Schema | undefined => {
    const name = schema?.$ref?.split('/').at(-1);
    return name === undefined ? schema : follow(builtIns.definitions[name]);
  };
  const compare = (place: string, kind: string, given: Schema | undefined): void => {
    const schema = follow(given);
    const allowed = schema?.type === undefined ? [] : [schema.type].flat();
    if (kind.startsWith('[]') || kind.startsWith('{}')) {
      const wanted = kind.startsWith('[]') ? 'array' : 'object';
      if (!allowed.includes(wanted)) differences.push(`${place}: Go has ${kind}, the schema ${allowed.join(' or ')}`);
      const inside = wanted === 'array' ? schema?.items : schema?.additionalProperties;
      compare(place, kind.slice(2), typeof inside === 'object' ? inside : undefined);
    } else if (go.types.has(kind)) {
      walk(kind, schema);
    } else if (kind !== 'own' && !allowed.every((type) => scalars[kind]?.includes(type))) {
      differences.push(`${place}: Go has ${kind}, the schema ${allowed.join(' or ')}`);
    }
  };
  const walk = (type: string, schema: Schema | undefined): void => {
    if (seen.has(type)) return;
    seen.add(type);
    const known = schema?.properties ?? {};
    const wanted = go.types.get(type) ?? new Map<string, string>();
    for (const [field, kind] of wanted) {
      fields += 1;
      if (Object.hasOwn(known, field)) compare(`${type}.${field}`, kind, known[field]);
      else differences.push(`${type}.${field}: no schema`);
    }
    for (const field of Object.keys(known))
      if (!wanted.has(field)) differences.push(`${type}.${field}: no such field in Go`);
  };
  for (const { apiVersion, kind } of kinds) {
    const type = go.kinds.get(`${apiVersion} ${kind}`);
    const name = builtIns.kinds[apiVersion]?.[kind];
    // Kinds of the aggregator and of the API server itself have no client in client-go.
    if (type === undefined || name === undefined)
      differences.push(`${apiVersion} ${kind}: ${type === undefined ? 'no Go type' : 'no schema'}`);
    else walk(type, builtIns.definitions[name]);
  }
  return { differences, types: seen.size, fields };
}
