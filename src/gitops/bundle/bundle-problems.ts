import { pathText } from '../../core/yaml/json-path.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { validateWork } from '../../core/works/validate.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { dnsLabelProblems, isDnsLabel } from '../../core/works/names.ts';
import { objectAt, textsAt } from '../model/fields.ts';
import { isApplication } from './content-hash.ts';

/** Below the 500 KiB that clients take, with every letter counted as if escaped, which is more than it takes as UTF-8. */
const surelySmall = 400 * 1024;
const usualFinalizer = /^[a-z0-9][a-z0-9.-]{0,100}[a-z0-9](\/[a-z][a-z-]{0,30}[a-z])?$/;

/**
 * What Maestro or an agent would refuse of a built work, as texts for people;
 * empty when it can be published. Warnings are left out: nobody reads them
 * before a hub application, and none of them stops the delivery.
 */
export function bundleProblems(work: ManifestWork): readonly string[] {
  if (isSurelyFine(work)) return [];
  const cluster = work.namespace ?? '';
  const ofCluster = dnsLabelProblems(cluster).map((problem) => `cluster ${JSON.stringify(cluster)}: ${problem}`);
  const others = validateWork(work)
    .filter(({ severity, path }) => severity === 'error' && pathText(path) !== 'metadata.namespace')
    .map(({ path, message }) => (path.length === 0 ? message : `${pathText(path)}: ${message}`));
  return [...ofCluster, ...others];
}

/**
 * True for nearly all: one Application, whose metadata the hub's own API server
 * has checked, with names that we made or that are DNS labels, and small. A
 * whole check takes a tenth of what a publish does.
 */
function isSurelyFine({ name, namespace = '', manifests }: ManifestWork): boolean {
  const [manifest] = manifests;
  if (manifests.length !== 1 || manifest === undefined || !isApplication(manifest)) return false;
  const target = manifestKey(manifest);
  if (!textsAt(objectAt(manifest, 'metadata'), 'finalizers').every((finalizer) => usualFinalizer.test(finalizer))) return false;
  return isDnsLabel(name) && isDnsLabel(namespace) && isDnsLabel(target.namespace) && isDnsLabel(target.name) && mostCharacters(manifest, surelySmall) < surelySmall;
}

/** As many characters as the value takes as JSON, were each of its letters escaped; anything from `enough` on is as good. */
function mostCharacters(value: JsonValue | undefined, enough: number): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  // The longest number has 24.
  if (typeof value === 'bigint') return value.toString().length;
  if (typeof value !== 'object' || value === null) return 24;
  let most = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) {
      most += 1 + mostCharacters(item, enough - most);
      if (most >= enough) return most;
    }
    return most;
  }
  const object = value as JsonObject;
  for (const name in object) {
    most += 6 * name.length + 4 + mostCharacters(object[name], enough - most);
    if (most >= enough) return most;
  }
  return most;
}
