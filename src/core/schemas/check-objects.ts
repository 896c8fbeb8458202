import type { JsonObject } from '../json.ts';
import { checkObject } from '../kinds/check-object.ts';
import type { FindKind } from '../kinds/known-kinds.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import type { Problem } from '../works/problem.ts';
import { allowPartial, updateStrategyOf } from '../works/update-strategy.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { checkKind } from './check-kind.ts';
import { checkAgainstSchema } from './check-manifest.ts';
import type { SchemaSet } from './schema-set.ts';

/** What is known of kinds in one run. */
export interface KnownObjects {
  readonly schemas: SchemaSet;
  readonly find: FindKind;
}

/**
 * What the clusters of a work's consumer will say of its manifests: whether they
 * serve the kinds, whether the fields are those of the schemas, and what every
 * cluster refuses. Kinds without a schema are added to `withoutSchema`.
 */
export function checkObjects(
  work: ManifestWork,
  known: KnownObjects,
  path: JsonPath,
  withoutSchema: Set<string>,
): readonly Problem[] {
  return work.manifests.flatMap((manifest, index) => {
    const place = [...path, index];
    const found = checkKindAndFields(manifest, known, place, withoutSchema);
    // A schema and a rule may find the same mistake.
    const seen = new Set(found.map((problem) => keyOf(problem)));
    const problems = [
      ...found,
      ...checkObject(manifest, known.find, place).filter((problem) => !seen.has(keyOf(problem))),
    ];
    return allowPartial(problems, updateStrategyOf(manifest, work.manifestConfigs));
  });
}

function keyOf({ rule, path }: Problem): string {
  return JSON.stringify([rule, path]);
}

/** A schema that was given for a kind says that it exists; fields of a kind that does not need no look. */
function checkKindAndFields(
  manifest: JsonObject,
  { schemas, find }: KnownObjects,
  path: JsonPath,
  withoutSchema: Set<string>,
): readonly Problem[] {
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const schema = schemas.find(apiVersion, kind);
  const problems = schema?.given === true ? [] : checkKind(manifest, find, path);
  if (problems.some(({ severity }) => severity === 'error')) return problems;
  if (schema !== undefined) return [...problems, ...checkAgainstSchema(manifest, schema, path)];
  if (problems.length === 0) withoutSchema.add(`${apiVersion} ${kind}`);
  return problems;
}
