import type { JsonObject, JsonValue } from '../json.ts';
import { objectAt } from '../json-fields.ts';
import { isJsonObject } from '../json.ts';
import { takesNullKeyword, type NullRule } from './as-judged.ts';

/** The schema of one version of a custom resource, as JSON Schema. */
export interface CustomSchema {
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: JsonObject;
  readonly nulls: NullRule;
  readonly status: StatusRule;
}

/**
 * What of a manifest's status counts: nothing where only a controller may set
 * it (`dropped`), the types where the API server reads it before it drops it
 * (`read`), everything else (`judged`).
 */
export type StatusRule = 'dropped' | 'read' | 'judged';

const text: JsonObject = { type: 'string' };
const typeNames: readonly JsonValue[] = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
const numberKeywords = [
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

export function isCustomResourceDefinition(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value) || value['kind'] !== 'CustomResourceDefinition') return false;
  const apiVersion = value['apiVersion'];
  return typeof apiVersion === 'string' && apiVersion.startsWith('apiextensions.k8s.io/');
}

/**
 * The schemas of a CustomResourceDefinition, one per version that is served and has one;
 * v1beta1 has one for all. What is malformed in it is left out, for the schema
 * of CustomResourceDefinition itself tells of that.
 *
 * @param metadata the schema of metadata, which CRDs do not repeat
 */
export function schemasOfCrd(crd: JsonObject, metadata: JsonObject): readonly CustomSchema[] {
  const spec = objectAt(crd, 'spec');
  const group = spec['group'];
  const kind = objectAt(spec, 'names')['kind'];
  if (typeof group !== 'string' || typeof kind !== 'string') return [];
  const shared = objectAt(spec, 'validation')['openAPIV3Schema'];
  const versions: readonly JsonValue[] = Array.isArray(spec['versions'])
    ? spec['versions']
    : [{ name: spec['version'] ?? null }];
  return versions.flatMap((version) => {
    if (!isJsonObject(version) || typeof version['name'] !== 'string' || version['served'] === false) return [];
    const schema = objectAt(version, 'schema')['openAPIV3Schema'] ?? shared;
    if (!isJsonObject(schema)) return [];
    const made = { apiVersion: `${group}/${version['name']}`, kind, schema: rootSchema(schema, metadata) };
    return [{ ...made, nulls: 'pruned', status: hasStatus(version, spec) ? 'dropped' : 'judged' }];
  });
}

/** The subresource is named for each version, in v1beta1 for all. */
function hasStatus(version: JsonObject, spec: JsonObject): boolean {
  return [version, spec].some((part) => isJsonObject(objectAt(part, 'subresources')['status']));
}

/** Every object has these three, whatever the CRD says of them. */
function rootSchema(schema: JsonObject, metadata: JsonObject): JsonObject {
  const made = structural(schema, true);
  const properties = { ...objectAt(made, 'properties'), apiVersion: text, kind: text, metadata };
  return { ...made, type: 'object', properties };
}

/**
 * Turns a schema of a CRD (OpenAPI 3.0 with Kubernetes' extensions) into JSON
 * Schema. `closed` holds for the structure, where the API server prunes fields
 * that are not listed; in anyOf and its like a schema only adds conditions.
 */
function structural(value: JsonValue | undefined, closed: boolean): JsonObject {
  if (!isJsonObject(value)) return {};
  const preserve = value['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = value['x-kubernetes-embedded-resource'] === true;
  const schema: Record<string, JsonValue | undefined> = { ...conditions(value), ...typeOf(value) };
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const parts = value[keyword];
    if (Array.isArray(parts) && parts.length > 0)
      schema[keyword] = parts.map((part: JsonValue) => structural(part, false));
  }
  if (isJsonObject(value['not'])) schema['not'] = structural(value['not'], false);
  if (isJsonObject(value['items'])) schema['items'] = structural(value['items'], closed);
  const properties = isJsonObject(value['properties']) ? value['properties'] : undefined;
  const others = value['additionalProperties'];
  if (properties !== undefined || embedded) {
    const own = Object.entries(properties ?? {}).map(([key, member]) => [key, structural(member, closed)] as const);
    const implied = embedded ? { apiVersion: text, kind: text, metadata: { type: 'object' } } : {};
    schema['properties'] = { ...implied, ...Object.fromEntries(own) };
  }
  if (isJsonObject(others)) schema['additionalProperties'] = structural(others, closed);
  else if (closed && !preserve && others !== true && (properties !== undefined || value['type'] === 'object')) {
    schema['additionalProperties'] = false;
  }
  if (closed && value['default'] !== undefined) schema['default'] = value['default'];
  if (embedded) schema['required'] = [...new Set(['apiVersion', 'kind', ...texts(value['required'])])];
  return schema;
}

function typeOf(value: JsonObject): JsonObject {
  const type = value['type'];
  const types =
    value['x-kubernetes-int-or-string'] === true
      ? ['integer', 'string']
      : typeNames.includes(type ?? null)
        ? [type as string]
        : [];
  const takesNull = value['nullable'] === true;
  if (types.length === 0) return takesNull ? { [takesNullKeyword]: true } : {};
  const all = takesNull ? [...types, 'null'] : types;
  const values = value['enum'];
  // Null goes with the values that are listed; without null, conditions() has them.
  const isListed = takesNull && Array.isArray(values) && values.length > 0;
  const enumerated = isListed ? { enum: [...(values as readonly JsonValue[]), null] } : {};
  return {
    type: all.length === 1 ? (all[0] ?? '') : all,
    ...enumerated,
    ...(takesNull ? { [takesNullKeyword]: true } : {}),
  };
}

/** Keywords that mean the same in both, when they are well-formed. */
function conditions(value: JsonObject): JsonObject {
  const made: Record<string, JsonValue> = {};
  for (const keyword of numberKeywords) {
    const limit = value[keyword];
    if (typeof limit === 'number' && limit >= 0) made[keyword] = limit;
  }
  for (const [keyword, exclusive] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    const limit = value[keyword];
    if (typeof limit === 'number') made[value[exclusive] === true ? exclusive : keyword] = limit;
  }
  const { format, pattern, uniqueItems, required, enum: values } = value;
  if (typeof format === 'string') made['format'] = format;
  if (typeof pattern === 'string' && isPattern(pattern)) made['pattern'] = pattern;
  if (uniqueItems === true) made['uniqueItems'] = true;
  if (texts(required).length > 0) made['required'] = [...new Set(texts(required))];
  if (Array.isArray(values) && values.length > 0) made['enum'] = values as JsonValue[];
  return made;
}

/** Go's patterns have a few forms that JavaScript does not know; those are not checked. */
function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter((item) => typeof item === 'string') : [];
}
