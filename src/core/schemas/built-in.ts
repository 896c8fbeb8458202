import { brotliDecompressSync } from 'node:zlib';
import type { JsonObject } from '../json.ts';
import { packedSchemas } from './kubernetes-data.ts';

/** The schemas of the kinds that Kubernetes brings along. */
export interface BuiltIns {
  /** Group and version (`apps/v1`, `v1`) → kind → name of its definition. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** JSON Schemas that refer to each other as `#/definitions/NAME`; unknown fields are refused. */
  readonly definitions: Readonly<Record<string, JsonObject>>;
}

/** Unpacks kubernetes-data.ts: some 200 kB of JSON, in about 20 ms. */
export function readBuiltIns(): BuiltIns {
  const text = brotliDecompressSync(Buffer.from(packedSchemas, 'base64')).toString();
  const { kinds, definitions } = JSON.parse(text) as BuiltIns;
  const closed = Object.entries(definitions).map(([name, schema]) => [name, refuseUnknown(schema)]);
  return { kinds, definitions: Object.fromEntries(closed) as BuiltIns['definitions'] };
}

/** A definition that lists its fields has no others; one that lists none takes any. */
function refuseUnknown(schema: JsonObject): JsonObject {
  return schema['properties'] === undefined ? schema : { ...schema, additionalProperties: false };
}
