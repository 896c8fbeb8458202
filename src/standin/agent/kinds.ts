import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { builtInResources, servedKinds } from '../../core/kinds/kubernetes-kinds.ts';

export interface KnownKind {
  /** Plural, as in URLs. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** The versions that the cluster serves; undefined for any. */
  readonly versions?: readonly string[];
}

/**
 * Kinds that works for Argo CD and HyperShift carry, whose definitions every simulated cluster has: `group/Kind` to
 * plural.
 */
const installed: Readonly<Record<string, string>> = {
  'argoproj.io/Application': 'applications',
  'argoproj.io/AppProject': 'appprojects',
  'hypershift.openshift.io/HostedCluster': 'hostedclusters',
  'hypershift.openshift.io/NodePool': 'nodepools',
};

/** Looked up for every manifest of every report, so each is made once. */
const found = new Map<string, KnownKind>();

/** The kinds every simulated cluster serves: Kubernetes' own by its discovery documents, and the installed ones. */
export function builtInKind(group: string, kind: string): KnownKind | undefined {
  const key = `${group}/${kind}`;
  const known = found.get(key) ?? lookUp(group, kind, key);
  if (known !== undefined) found.set(key, known);
  return known;
}

function lookUp(group: string, kind: string, key: string): KnownKind | undefined {
  if (Object.hasOwn(installed, key)) return { resource: installed[key] ?? '', namespaced: true };
  const kinds = Object.hasOwn(builtInResources, group) ? builtInResources[group] : undefined;
  const written = kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  // Requests such as SubjectAccessReview are marked; there is nothing to read or to apply.
  if (written === undefined || written.startsWith('!')) return undefined;
  return {
    resource: written.replace('*', ''),
    namespaced: !written.startsWith('*'),
    versions: versionsOf(group, kind),
  };
}

function versionsOf(group: string, kind: string): readonly string[] {
  const prefix = group === '' ? '' : `${group}/`;
  return Object.entries(servedKinds)
    .filter(
      ([apiVersion, kinds]) =>
        apiVersion.startsWith(prefix) && apiVersion.slice(prefix.length).indexOf('/') < 0 && kinds.includes(kind),
    )
    .map(([apiVersion]) => apiVersion.slice(prefix.length));
}

/** The kind that a CustomResourceDefinition brings, as `group/Kind`. */
export function definedKind(definition: JsonObject): readonly [string, KnownKind] | undefined {
  const spec = definition['spec'];
  const names = isJsonObject(spec) ? spec['names'] : undefined;
  if (!isJsonObject(spec) || !isJsonObject(names)) return undefined;
  const [group, kind, plural] = [spec['group'], names['kind'], names['plural']];
  if (typeof group !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') return undefined;
  const versions = servedVersions(spec['versions']);
  return [
    `${group}/${kind}`,
    { resource: plural, namespaced: spec['scope'] !== 'Cluster', ...(versions === undefined ? {} : { versions }) },
  ];
}

function servedVersions(list: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const served = (list as readonly JsonValue[])
    .filter((version) => isJsonObject(version))
    .filter((version) => version['served'] !== false);
  return served.map(({ name }) => name).filter((name) => typeof name === 'string');
}
