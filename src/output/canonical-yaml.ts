import { isJsonObject, type JsonValue } from '../core/json.ts';
import { setMember } from '../core/yaml/members.ts';
import { toYaml } from './yaml.ts';

/**
 * One YAML text per content, for comparing by eye: keys sorted, numbers as the
 * server keeps them (doubles), null members left out, since they mean the same
 * as absent ones.
 */
export function canonicalYaml(value: JsonValue): string {
  return toYaml(canonical(value));
}

function canonical(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map((item: JsonValue) => canonical(item));
  if (!isJsonObject(value)) return value;
  const members: Record<string, JsonValue> = {};
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined && member !== null) setMember(members, key, canonical(member));
  }
  return members;
}
