import type { JsonObject } from '../json.ts';
import { nearest } from '../works/did-you-mean.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import type { SchemaSet } from './schema-set.ts';

/**
 * For a manifest whose kind has no schema: says so when it is a misspelt
 * built-in kind. Groups without a dot and those that the schemas hold belong
 * to Kubernetes; any other may be a CRD of the cluster, which nobody here knows.
 */
export function checkKind(manifest: JsonObject, schemas: SchemaSet, path: JsonPath): Problem[] {
  const { apiVersion, kind } = manifest;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || kind === '') return [];
  // The rules of the server tell of one that is malformed.
  if (!/^([^/]+\/)?[^/]+$/.test(apiVersion)) return [];
  const { builtInKinds, kubernetesVersion } = schemas;
  const versions = Object.keys(builtInKinds);
  const withKind = versions.filter((version) => Object.hasOwn(builtInKinds[version] ?? {}, kind));
  if (Object.hasOwn(builtInKinds, apiVersion)) {
    const meant = nearest(kind, Object.keys(builtInKinds[apiVersion] ?? {}));
    const message = `Unsupported value: ${JSON.stringify(kind)}: Kubernetes ${kubernetesVersion} has no such kind in ${apiVersion}`;
    return [problem('error', [...path, 'kind'], message, withKind.length > 0 ? `its apiVersion is ${latest(withKind)}` : didYouMean(meant))];
  }
  const group = groupOf(apiVersion);
  const known = versions.some((version) => groupOf(version) === group);
  const message = `Unsupported value: ${JSON.stringify(apiVersion)}: Kubernetes ${kubernetesVersion} has no such version`;
  const suggestion = withKind.length > 0 ? `${kind} is in ${latest(withKind)}` : didYouMean(nearest(apiVersion, versions));
  // Alpha versions and versions of other releases may exist on the cluster.
  if (known) return [problem(group === '' ? 'error' : 'warning', [...path, 'apiVersion'], message, suggestion)];
  if (!group.includes('.')) return [problem('error', [...path, 'apiVersion'], message.replace('version', 'API group'), suggestion)];
  return [];
}

function problem(severity: Problem['severity'], path: JsonPath, message: string, suggestion: string | undefined): Problem {
  return { severity, rule: 'unknown-kind', path, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function didYouMean(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `did you mean ${JSON.stringify(name)}?`;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Versions without "beta" before those with it, then the highest. */
function latest(versions: readonly string[]): string {
  const rank = (version: string): string => `${version.includes('beta') ? '0' : '1'}${version.slice(version.indexOf('/') + 1)}`;
  return versions.toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1))[0] ?? '';
}
