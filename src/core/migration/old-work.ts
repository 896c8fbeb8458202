import type { JsonObject } from '../json.ts';
import { entriesOf } from '../status/find-evidence.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../works/manifest-work.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';

/**
 * How works share the objects of a cluster among themselves: A has one work for each adapter, B one for each object,
 * C one for all of them.
 */
export type Pattern = 'A' | 'B' | 'C';
export const patterns: readonly Pattern[] = ['A', 'B', 'C'];

/** A stored work whose objects are to move, as it was read. */
export interface OldWork {
  readonly id: string;
  readonly version: number;
  /** With the stored executor, which REST does not show. */
  readonly work: ManifestWork;
  /**
   * The plural name of each manifest's resource by its label, as the agent reported it: options name resources so, and
   * only the cluster knows it.
   */
  readonly resources: Readonly<Record<string, string>>;
}

/** `Kind.group/namespace/name`. */
export function labelOf(manifest: JsonObject): string {
  return manifestLabel(manifestKey(manifest));
}

/** One object of a work with its place there; the server takes one object in several API versions of its group. */
export interface HeldObject {
  readonly label: string;
  readonly key: ManifestKey;
  readonly manifests: readonly JsonObject[];
}

/** The objects of a work, in its order. */
export function objectsOf({ manifests }: Pick<ManifestWork, 'manifests'>): readonly HeldObject[] {
  const found = new Map<string, { readonly key: ManifestKey; readonly manifests: JsonObject[] }>();
  for (const manifest of manifests) {
    const key = manifestKey(manifest);
    const label = manifestLabel(key);
    const before = found.get(label);
    if (before === undefined) found.set(label, { key, manifests: [manifest] });
    else before.manifests.push(manifest);
  }
  return [...found].map(([label, { key, manifests: held }]) => ({ label, key, manifests: held }));
}

/** The plurals that the agent has reported, by the labels of the manifests; what it could not resolve is left out. */
export function reportedResources({
  manifests,
  status,
}: Pick<ResourceBundle, 'manifests' | 'status'>): Readonly<Record<string, string>> {
  if (status === undefined) return {};
  return Object.fromEntries(
    manifests.flatMap((manifest) => {
      const [resource] = entriesOf(manifest, status).flatMap(({ resourceMeta }) =>
        resourceMeta.resource === '' ? [] : [resourceMeta.resource],
      );
      return resource === undefined ? [] : [[labelOf(manifest), resource] as const];
    }),
  );
}

/** The pattern that the works of one consumer look like. */
export function guessPattern(works: readonly Pick<ManifestWork, 'manifests'>[]): Pattern {
  if (works.length === 1) return 'C';
  return works.length > 0 && works.every((work) => objectsOf(work).length === 1) ? 'B' : 'A';
}
