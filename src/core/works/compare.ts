import type { JsonObject, JsonValue } from '../json.ts';
import { canonicalJsonWithoutNulls, isJsonObject } from '../json.ts';
import type { ManifestKey, ManifestWork } from './manifest-work.ts';
import { manifestKey } from './manifest-work.ts';
import { withTextMaps } from './text-maps.ts';

/** How a part differs. */
export type Change = 'added' | 'removed' | 'changed';

/** One part in which the second work differs from the first. */
export type ContentDifference =
  | { readonly part: 'labels' | 'annotations'; readonly change: Change; readonly name: string }
  | { readonly part: 'manifest'; readonly change: Change; readonly key: ManifestKey }
  | { readonly part: 'manifestConfigs' | 'deleteOption'; readonly change: Change }
  /** The manifests that both hold stand in another order; that moves ordinals and nothing else. */
  | { readonly part: 'order'; readonly change: 'changed' };

/** What a comparison leaves out. */
export interface CompareOptions {
  /** Annotations whose name begins so are no content: our own records. */
  readonly ignoreAnnotationsUnder?: string;
}

/**
 * What has to change to make `before` into `after`, empty when they are the
 * same content: as canonical JSON after the server's rounding, a null member
 * equal to an absent one, and empty parts of the envelope equal to absent
 * ones. Name, namespace and executor are not compared: the first two make
 * another work, and REST never returns the third.
 */
export function contentDifferences(
  before: ManifestWork,
  after: ManifestWork,
  options: CompareOptions = {},
): readonly ContentDifference[] {
  const ignored = options.ignoreAnnotationsUnder;
  const counts = (name: string): boolean => ignored === undefined || !name.startsWith(ignored);
  return [
    ...changes(before.labels, after.labels).map(({ key: name, change }) => ({ part: 'labels' as const, change, name })),
    ...changes(before.annotations, after.annotations)
      .filter(({ key }) => counts(key))
      .map(({ key: name, change }) => ({ part: 'annotations' as const, change, name })),
    ...manifestDifferences(before.manifests, after.manifests),
    ...partDifference('manifestConfigs', before.manifestConfigs, after.manifestConfigs),
    ...partDifference('deleteOption', before.deleteOption, after.deleteOption),
  ];
}

/** Whether contentDifferences finds none. */
export function sameContent(before: ManifestWork, after: ManifestWork, options: CompareOptions = {}): boolean {
  return contentDifferences(before, after, options).length === 0;
}

function manifestDifferences(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): readonly ContentDifference[] {
  const left = byAddress(before);
  const right = byAddress(after);
  const found: ContentDifference[] = [];
  for (const [address, manifest] of left) {
    const other = right.get(address);
    if (other === undefined) found.push({ part: 'manifest', change: 'removed', key: manifestKey(manifest) });
    else if (contentText(withTextMaps(manifest)) !== contentText(withTextMaps(other))) {
      found.push({ part: 'manifest', change: 'changed', key: manifestKey(other) });
    }
  }
  for (const [address, manifest] of right) {
    if (!left.has(address)) found.push({ part: 'manifest', change: 'added', key: manifestKey(manifest) });
  }
  const kept = [...left.keys()].filter((address) => right.has(address));
  const keptAfter = [...right.keys()].filter((address) => left.has(address));
  if (kept.some((address, index) => address !== keptAfter[index])) found.push({ part: 'order', change: 'changed' });
  return found;
}

/** Manifests by what the server tells them apart by; repeats are numbered, so that none is lost. */
function byAddress(manifests: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const manifest of manifests) {
    const key = manifestKey(manifest);
    const parts = [key.group, key.version, key.kind, key.namespace, key.name];
    let repeat = 0;
    while (found.has(JSON.stringify([...parts, repeat]))) repeat += 1;
    found.set(JSON.stringify([...parts, repeat]), manifest);
  }
  return found;
}

function partDifference(
  part: 'manifestConfigs' | 'deleteOption',
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): readonly ContentDifference[] {
  if (optionText(before ?? {}) === optionText(after ?? {}) || (isEmpty(before) && isEmpty(after))) return [];
  if (isEmpty(before)) return [{ part, change: 'added' }];
  return [{ part, change: isEmpty(after) ? 'removed' : 'changed' }];
}

function changes(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly { readonly key: string; readonly change: Change }[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys]
    .sort()
    .filter((key) => before[key] !== after[key])
    .map((key) => ({ key, change: changeOf(Object.hasOwn(before, key), Object.hasOwn(after, key)) }));
}

function changeOf(was: boolean, is: boolean): Change {
  if (was && is) return 'changed';
  return is ? 'added' : 'removed';
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** One text per content of a manifest: as stored, a null member equal to an absent one. */
export function contentText(value: JsonValue | undefined): string {
  return canonicalJsonWithoutNulls(value);
}

/**
 * One text per content of manifestConfigs, a deleteOption or an executor. The
 * server keeps them in structures of Go, which write some members that are
 * empty or false and leave others out (`group: ""` of a core kind, `force:
 * false`), so such a member is as good as an absent one.
 */
export function optionText(value: JsonValue | undefined): string {
  return contentText(withoutEmpty(value));
}

function withoutEmpty<V extends JsonValue | undefined>(value: V): V | JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => withoutEmpty(item));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withoutEmpty(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== '' && member !== false && !isEmpty(member)));
}
