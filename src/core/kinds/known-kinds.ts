import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { isCustomResourceDefinition } from '../schemas/custom-resource.ts';
import { builtInResources } from './kubernetes-kinds.ts';

/** How a cluster serves a kind. */
export interface KnownKind {
  /** Plural, as in URLs and in manifestConfigs. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** False for requests such as SubjectAccessReview, which no cluster keeps. */
  readonly kept: boolean;
  /** The versions that a CustomResourceDefinition serves; undefined for kinds of Kubernetes. */
  readonly versions?: readonly string[];
}

/** Finds a kind by API group ("" is the core group) and name. */
export type FindKind = (group: string, kind: string) => KnownKind | undefined;

/** The kinds that Kubernetes brings along. */
export function builtInKind(group: string, kind: string): KnownKind | undefined {
  const kinds = Object.hasOwn(builtInResources, group) ? builtInResources[group] : undefined;
  const written = kinds !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (written === undefined) return undefined;
  const [, marks = '', resource = ''] = /^([!*]*)(.*)$/.exec(written) ?? [];
  return { resource, namespaced: !marks.includes('*'), kept: !marks.includes('!') };
}

/**
 * The kinds of Kubernetes and those of the CustomResourceDefinitions among some
 * objects; what else an object is does not matter.
 */
export function kindFinder(objects: Iterable<JsonValue>): FindKind {
  const defined = new Map<string, KnownKind>();
  for (const object of objects) {
    const found = isCustomResourceDefinition(object) ? definedKind(object) : undefined;
    if (found !== undefined) defined.set(...found);
  }
  return (group, kind) => builtInKind(group, kind) ?? defined.get(`${group}/${kind}`);
}

function definedKind(definition: JsonObject): readonly [string, KnownKind] | undefined {
  const { spec } = definition;
  const names = isJsonObject(spec) ? spec['names'] : undefined;
  if (!isJsonObject(spec) || !isJsonObject(names)) return undefined;
  const { group, scope } = spec;
  const { kind, plural } = names;
  const scoped = scope === 'Cluster' || scope === 'Namespaced';
  if (typeof group !== 'string' || typeof kind !== 'string' || typeof plural !== 'string' || !scoped) return undefined;
  const versions = servedVersions(spec);
  return [
    `${group}/${kind}`,
    {
      resource: plural,
      namespaced: scope === 'Namespaced',
      kept: true,
      ...(versions === undefined ? {} : { versions }),
    },
  ];
}

/** Undefined when the definition does not say it well enough to judge by it. */
function servedVersions(spec: JsonObject): readonly string[] | undefined {
  const listed = spec['versions'];
  if (!Array.isArray(listed) || listed.length === 0) return undefined;
  const served = (listed as readonly JsonValue[])
    .filter((version) => isJsonObject(version))
    .filter((version) => version['served'] !== false);
  const names = served.map((version) => version['name']);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}
