import { isJsonObject, type JsonObject } from '../json.ts';
import { isAbout, plausiblePlurals } from '../works/config-address.ts';
import { manifestKey, type ManifestKey } from '../works/manifest-work.ts';

/** The manifests that options may be about, and which of them keep the options that they had. */
export interface Remaining {
  readonly all: readonly JsonObject[];
  readonly kept: readonly JsonObject[];
}

/**
 * Whether options go along with manifests: they are about one, and about none of those that keep theirs. Every write
 * that takes manifests out asks here.
 */
export function losesItsManifests(config: JsonObject, { all, kept }: Remaining): boolean {
  const isOn = (manifests: readonly JsonObject[]): boolean =>
    manifests.some((manifest) => mayBeAbout(config, manifestKey(manifest), all));
  return isOn(all) && !isOn(kept);
}

/**
 * Options under a plural that no rule makes of a kind may be those of any manifest of their group, namespace and name.
 */
export function mayBeAbout(config: JsonObject, key: ManifestKey, all: readonly JsonObject[]): boolean {
  if (isAbout(config, key)) return true;
  if (all.some((manifest) => isAbout(config, manifestKey(manifest)))) return false;
  const identifier = config['resourceIdentifier'];
  const [resource] = plausiblePlurals(key.kind);
  return isJsonObject(identifier) && isAbout({ resourceIdentifier: { ...identifier, resource } }, key);
}
