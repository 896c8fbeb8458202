import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { CustomSchema } from './custom-resource.ts';

/** How a JSON Schema says which kinds it is for. */
export const kindsKeyword = 'x-kubernetes-group-version-kind';

/** A plain JSON Schema for the kinds that it names; empty when it names none. */
export function schemasOfJsonSchema(value: JsonObject): readonly CustomSchema[] {
  const named = value[kindsKeyword];
  const kinds: readonly JsonValue[] = Array.isArray(named) ? (named as readonly JsonValue[]) : [named ?? null];
  // Its dialect and address would be looked up, and there is nothing to look them up in.
  const schema = Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== '$schema' && key !== '$id' && key !== 'id'),
  );
  return kinds.flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const { group, version, kind } = entry;
    if (typeof version !== 'string' || typeof kind !== 'string') return [];
    const apiVersion = typeof group === 'string' && group !== '' ? `${group}/${version}` : version;
    return [{ apiVersion, kind, schema, nulls: 'judged', status: 'judged' }];
  });
}
