import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';

/**
 * What a member that is null means: Go reads it as "not given" for built-in
 * kinds (`absent`); the API server takes it out of a custom resource where the
 * CustomResourceDefinition does not allow it, before it checks (`pruned`, since
 * Kubernetes 1.20); a JSON Schema judges it itself (`judged`).
 */
export type NullRule = 'absent' | 'pruned' | 'judged';

/** In a schema made of a CustomResourceDefinition: null may stand here. */
export const takesNullKeyword = 'x-takes-null';

/**
 * The manifest as the schema of its kind is to judge it: without the nulls that
 * do not count, with doubles for numbers and, in a custom resource, with the
 * defaults that the API server sets before it checks.
 */
export function asJudged(manifest: JsonObject, rule: NullRule, schema: JsonObject): JsonObject {
  const value = read(manifest, rule, schema, true);
  return isJsonObject(value) ? value : {};
}

function read(value: JsonValue | undefined, rule: NullRule, schema: JsonObject | undefined, root = false): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) {
    const items = schema?.['items'];
    const ofItem = isJsonObject(items) ? items : undefined;
    return value.map((item: JsonValue) =>
      read(item === null && isDropped(rule, ofItem) ? (defaultOf(rule, ofItem) ?? null) : item, rule, ofItem),
    );
  }
  if (!isJsonObject(value)) return value;
  const given = Object.entries(value).filter(
    ([key, member]) => member !== null || !isDropped(rule, fieldSchema(schema, key)),
  );
  const members = [...given, ...defaultsBeside(new Set(given.map(([key]) => key)), rule, schema)].map(
    ([key, member]) => {
      // In metadata Go reads, whatever the kind: controllers write `creationTimestamp: null`.
      const ofGo = root && key === 'metadata';
      return [key, ofGo ? read(member, 'absent', undefined) : read(member, rule, fieldSchema(schema, key))] as const;
    },
  );
  return Object.fromEntries(members);
}

/** The members that a map does not have and gets. */
function defaultsBeside(
  given: ReadonlySet<string>,
  rule: NullRule,
  schema: JsonObject | undefined,
): (readonly [string, JsonValue])[] {
  const properties = schema?.['properties'];
  if (rule !== 'pruned' || !isJsonObject(properties)) return [];
  return Object.entries(properties).flatMap(([key, property]) => {
    const value = given.has(key) || !isJsonObject(property) ? undefined : defaultOf(rule, property);
    return value === undefined ? [] : [[key, value] as const];
  });
}

/** Only the API server sets defaults from a schema; Go has its own for the built-in kinds. */
function defaultOf(rule: NullRule, schema: JsonObject | undefined): JsonValue | undefined {
  return rule === 'pruned' ? schema?.['default'] : undefined;
}

function isDropped(rule: NullRule, schema: JsonObject | undefined): boolean {
  if (rule === 'absent') return true;
  return rule === 'pruned' && schema !== undefined && schema[takesNullKeyword] !== true;
}

/** The schema of a member: its own, or that of all others. */
function fieldSchema(schema: JsonObject | undefined, key: string): JsonObject | undefined {
  const properties = schema?.['properties'];
  const own =
    isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : schema?.['additionalProperties'];
  return isJsonObject(own) ? own : undefined;
}
