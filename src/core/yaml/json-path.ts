import type { JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';

/** Members and indexes that lead from the root of a document to one value. */
export type JsonPath = readonly (string | number)[];

/**
 * The places of integers that a double cannot hold, so that Maestro stores
 * another number: 9007199254740993 comes back as 9007199254740992.
 */
export function roundedIntegers(value: JsonValue | undefined): readonly JsonPath[] {
  const found: JsonPath[] = [];
  collect(value, [], found);
  return found;
}

function collect(value: JsonValue | undefined, path: JsonPath, found: JsonPath[]): void {
  if (typeof value === 'bigint') {
    if (BigInt(Number(value)) !== value) found.push(path);
  } else if (Array.isArray(value)) {
    value.forEach((item: JsonValue, index) => collect(item, [...path, index], found));
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) collect(value[key], [...path, key], found);
  }
}

/** A path as messages show it: `spec.workload.manifests[0].metadata.annotations["a.b/c"]`. */
export function pathText(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
