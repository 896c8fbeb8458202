import { manifestKey, manifestLabel, type ManifestWork } from '../works/manifest-work.ts';
import type { JsonObject } from '../json.ts';
import type { Loss } from './merge-works.ts';
import { ownersOf } from './owners.ts';

/** Who acts on a work. */
export interface Actor {
  readonly source: string;
  readonly manager: string;
}

/**
 * What other managers lose when manifests of a stored work go.
 *
 * @param goes the manifests that go; all of the work's when absent
 */
export function lossesOf(
  work: ManifestWork,
  { source, manager }: Actor,
  how: Loss['how'],
  goes: readonly JsonObject[] = work.manifests,
): readonly Loss[] {
  const labels = new Set(goes.map((manifest) => manifestLabel(manifestKey(manifest))));
  return [...ownersOf(work, source)]
    .filter(([what, owner]) => owner !== manager && labels.has(what))
    .map(([what, owner]) => ({ what, manager: owner, how }));
}

/** `ConfigMap/default/settings of nodepool would be removed`. */
export function describeLoss({ what, manager, how }: Loss): string {
  return `${what} of ${manager} would be ${how}`;
}

/** The same, of what is done: `ConfigMap/default/settings of nodepool`. */
export function lossLabel({ what, manager }: Loss): string {
  return `${what} of ${manager}`;
}
