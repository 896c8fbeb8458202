import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { isAbout } from './config-address.ts';
import { manifestKey } from './manifest-work.ts';
import type { Problem } from './problem.ts';

/** What only an object that is complete breaks. */
const ofWholeObjects: ReadonlySet<string | undefined> = new Set(['missing-field', 'selector-mismatch']);

/**
 * How an agent brings a manifest to the cluster, by the config that addresses it: `Update` unless that says otherwise.
 */
export function updateStrategyOf(manifest: JsonObject, configs: readonly JsonObject[]): string {
  const key = manifestKey(manifest);
  const strategy = configs.find((config) => isAbout(config, key))?.['updateStrategy'];
  const type = isJsonObject(strategy) ? strategy['type'] : undefined;
  return typeof type === 'string' && type !== '' ? type : 'Update';
}

/**
 * What is missing from a manifest counts by its update strategy: `ReadOnly`
 * only looks at an object, so a name is enough. `ServerSideApply` and
 * `CreateOnly` need the whole of it only where the object does not exist yet,
 * which nobody knows offline.
 */
export function allowPartial(problems: readonly Problem[], strategy: string): readonly Problem[] {
  if (strategy === 'Update') return problems;
  const complete = problems.filter(({ rule }) => !ofWholeObjects.has(rule));
  if (strategy === 'ReadOnly') return complete;
  return problems.map((problem) =>
    complete.includes(problem)
      ? problem
      : { ...problem, severity: 'warning', message: `${problem.message}, unless the object exists already` },
  );
}
