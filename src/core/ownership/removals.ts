import { manifestKey, manifestLabel, type ManifestWork } from '../works/manifest-work.ts';
import { ownersOf } from './owners.ts';

/** A manifest that a write takes out of a work, so that the agent deletes its object. */
export interface RemovedManifest {
  /** Kind of the object. */
  readonly kind: string;
  /** Left out for the core group. */
  readonly group?: string;
  /** Version of its API, such as `v1`. */
  readonly version: string;
  /** Left out for objects without one. */
  readonly namespace?: string;
  /** Name of the object. */
  readonly name: string;
  /** Whose it was, when it was not the writer's own. */
  readonly manager?: string;
}

/**
 * The manifests of a stored work that the work in its place has no longer. An
 * object that only changes its API version stays: agents know objects by
 * group, kind, namespace and name.
 *
 * @param writer who writes, and the source that owns what has no record
 */
export function removedManifests(
  before: ManifestWork,
  after: Pick<ManifestWork, 'manifests'>,
  writer: { readonly manager: string; readonly source: string },
): readonly RemovedManifest[] {
  const kept = new Set(after.manifests.map((manifest) => manifestLabel(manifestKey(manifest))));
  const owners = ownersOf(before, writer.source);
  const removed = new Map<string, RemovedManifest>();
  for (const manifest of before.manifests) {
    const { kind, group, version, namespace, name } = manifestKey(manifest);
    const label = manifestLabel({ kind, group, namespace, name });
    if (kept.has(label)) continue;
    const manager = owners.get(label);
    removed.set(label, {
      kind,
      ...(group === '' ? {} : { group }),
      version,
      ...(namespace === '' ? {} : { namespace }),
      name,
      ...(manager === undefined || manager === writer.manager ? {} : { manager }),
    });
  }
  return [...removed.values()];
}

/** `Kind.group/namespace/name`, as messages name it. */
export function removedLabel({ kind, group = '', namespace = '', name }: RemovedManifest): string {
  return manifestLabel({ kind, group, namespace, name });
}
