import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';

/**
 * What a member that is null means: Go reads it as "not given" for built-in
 * kinds (`absent`); the API server takes it out of a custom resource where the
 * CustomResourceDefinition does not allow it, before it checks (`pruned`, since
 * Kubernetes 1.20); a JSON Schema judges it itself (`judged`).
 */
export type NullRule = 'absent' | 'pruned' | 'judged';

/** In a schema made of a CustomResourceDefinition: null may stand here, or a default takes its place. */
export const takesNullKeyword = 'x-takes-null';

/** The manifest as the schema of its kind is to judge it: without the nulls that do not count, and with doubles for numbers. */
export function readNulls(manifest: JsonObject, rule: NullRule, schema: JsonObject): JsonObject {
  const value = read(manifest, rule, schema, true);
  return isJsonObject(value) ? value : {};
}

function read(value: JsonValue | undefined, rule: NullRule, schema: JsonObject | undefined, root = false): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) {
    const items = schema?.['items'];
    return value.map((item: JsonValue) => read(item, rule, isJsonObject(items) ? items : undefined));
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value)
    .filter(([key, member]) => member !== null || !isDropped(rule, fieldSchema(schema, key)))
    .map(([key, member]) => {
      // In metadata Go reads, whatever the kind: controllers write `creationTimestamp: null`.
      const ofGo = root && key === 'metadata';
      return [key, ofGo ? read(member, 'absent', undefined) : read(member, rule, fieldSchema(schema, key))] as const;
    });
  return Object.fromEntries(members);
}

function isDropped(rule: NullRule, schema: JsonObject | undefined): boolean {
  if (rule === 'absent') return true;
  return rule === 'pruned' && schema !== undefined && schema[takesNullKeyword] !== true;
}

/** The schema of a member: its own, or that of all others. */
function fieldSchema(schema: JsonObject | undefined, key: string): JsonObject | undefined {
  const properties = schema?.['properties'];
  const own = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : schema?.['additionalProperties'];
  return isJsonObject(own) ? own : undefined;
}
