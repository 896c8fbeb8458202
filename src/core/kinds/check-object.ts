import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { manifestKey, type ManifestKey, type ManifestWork } from '../works/manifest-work.ts';
import type { Problem } from '../works/problem.ts';
import { allowPartial, updateStrategyOf } from '../works/update-strategy.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { checkData } from './check-data.ts';
import { checkPodTemplates } from './check-templates.ts';
import type { FindKind, KnownKind } from './known-kinds.ts';
import { objectNameProblems } from './object-names.ts';

/** What the agent reports of both: the address of the object leads to nothing. */
const notServed = '"the server could not find the requested resource"';

/**
 * What every cluster refuses of a manifest, whatever runs on it: a namespace too
 * many or too few, names and keys that the API server does not take. A kind that
 * `find` does not know is only checked for what all custom resources share.
 */
export function checkObject(manifest: JsonObject, find: FindKind, path: JsonPath): Problem[] {
  const key = manifestKey(manifest);
  if (key.kind === '' || key.version === '') return [];
  const known = find(key.group, key.kind);
  return [
    ...(known === undefined ? [] : checkScope(key, known, path)),
    ...checkName(manifest, key, path),
    ...checkData(manifest, path),
    ...checkPodTemplates(manifest, key, path),
  ];
}

/**
 * The same for all manifests of a work that is about to be sent, as warnings:
 * it is the cluster that decides, and Maestro takes the work. What their update
 * strategies make of it counts.
 */
export function foreseenRefusals(work: ManifestWork, find: FindKind, path: JsonPath): readonly Problem[] {
  return work.manifests.flatMap((manifest, index) => {
    const problems = checkObject(manifest, find, [...path, index]);
    if (problems.length === 0) return [];
    return allowPartial(problems, updateStrategyOf(manifest, work.manifestConfigs)).map((problem) => ({
      ...problem,
      severity: 'warning' as const,
    }));
  });
}

function checkScope({ kind, namespace }: ManifestKey, known: KnownKind, path: JsonPath): Problem[] {
  if (!known.kept || known.namespaced === (namespace !== '')) return [];
  const place = [...path, 'metadata', 'namespace'];
  if (known.namespaced) {
    const message = `Required value: a ${kind} is namespaced; without a namespace agents report ${notServed}`;
    return [{ severity: 'error', rule: 'wrong-scope', path: place, message, suggestion: 'set metadata.namespace' }];
  }
  const message = `Forbidden: a ${kind} is cluster-scoped; with a namespace agents report ${notServed}`;
  return [{ severity: 'error', rule: 'wrong-scope', path: place, message, suggestion: 'leave metadata.namespace out' }];
}

function checkName(manifest: JsonObject, { group, kind, name }: ManifestKey, path: JsonPath): Problem[] {
  if (name === '') return [];
  const place = [...path, 'metadata', 'name'];
  const problems = objectNameProblems(group, kind, name).map(({ text, always }): Problem => {
    const message = `Invalid value: ${JSON.stringify(name)}: ${text}`;
    return { severity: always ? 'error' : 'warning', rule: 'invalid-name', path: place, message };
  });
  const made = madeName(manifest, group, kind);
  if (made === undefined || made.name === name) return problems;
  const message = `Invalid value: ${JSON.stringify(name)}: must be ${made.of}`;
  return [
    ...problems,
    { severity: 'error', rule: 'invalid-name', path: place, message, suggestion: `it must be ${made.name}` },
  ];
}

/** Two kinds have names that follow from what they hold. */
function madeName(
  manifest: JsonObject,
  group: string,
  kind: string,
): { readonly name: string; readonly of: string } | undefined {
  const { spec } = manifest;
  if (!isJsonObject(spec)) return undefined;
  const names = isJsonObject(spec['names']) ? spec['names'] : {};
  const parts =
    group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition'
      ? { first: names['plural'], second: spec['group'], of: 'spec.names.plural+"."+spec.group' }
      : group === 'apiregistration.k8s.io' && kind === 'APIService'
        ? { first: spec['version'], second: spec['group'], of: 'spec.version+"."+spec.group' }
        : undefined;
  if (parts === undefined || typeof parts.first !== 'string' || typeof parts.second !== 'string') return undefined;
  return { name: `${parts.first}.${parts.second}`, of: parts.of };
}
