import { canonicalJson, type JsonObject } from '../json.ts';
import { optionText } from '../works/compare.ts';
import { isAbout } from '../works/config-address.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../works/manifest-work.ts';
import { losesItsManifests, mayBeAbout, type Remaining } from './options-of-manifests.ts';
import { ownersOf, withOwners, withoutOwnAnnotations, type Owners } from './owners.ts';

/** Who wants to write what over what is stored. */
export interface MergeRequest {
  readonly stored: ManifestWork;
  readonly desired: ManifestWork;
  /** Who writes. */
  readonly manager: string;
  /** Owner of what has no record. */
  readonly source: string;
  /** Keep what others own and replace only one's own. */
  readonly merge: boolean;
  /** A merge that keeps one's own as well: what is given is added or replaced, and only what `drops` chooses goes. */
  readonly adds?: boolean;
  /** Manifests that are to go, whoever owns them; they are not among the desired ones. */
  readonly drops?: (key: ManifestKey) => boolean;
  /** Take over what others own, where it stands in the way. */
  readonly force: boolean;
  /**
   * Labels of what may be removed at most, for a write that is made again: what
   * the first one would have removed. Undefined when this is the first one.
   */
  readonly mayRemove?: ReadonlySet<string>;
}

/** Something that another manager would lose. */
export interface Loss {
  /** Label of the manifest, or the part of the work (`deleteOption`). */
  readonly what: string;
  /** Who loses it. */
  readonly manager: string;
  /** What became of it. `orphaned`: the object stays on the cluster, and nothing looks after it any more. */
  readonly how: 'removed' | 'changed' | 'orphaned';
}

/** What may be written, or what keeps it from being written. */
export type MergeDecision =
  | { readonly kind: 'write'; readonly work: ManifestWork; readonly losses: readonly Loss[] }
  | { readonly kind: 'refused'; readonly losses: readonly Loss[] }
  /** A replacing write would remove what has come since the first read. */
  | { readonly kind: 'unseen'; readonly labels: readonly string[] };

/**
 * Makes the work that a manager's write would leave behind.
 *
 * A replacing write must not remove or change what another manager owns; a
 * merging write keeps it. What stands in the way is a loss: with losses the
 * write is refused unless it is forced, and a forced write takes over exactly
 * those. Manifests that are the same on both sides keep their owner, whoever
 * writes them. Pure: the version check of the caller makes the result safe
 * against writers at the same moment.
 */
export function mergeWorks(request: MergeRequest): MergeDecision {
  const { manager, source, merge, force } = request;
  const stored = withoutOwnAnnotations(request.stored);
  const desired = withoutOwnAnnotations(request.desired);
  const owners = ownersOf(request.stored, source);
  const others = othersOf(owners, manager);
  const goes = removalsOf(request, stored, desired, owners);
  const losses = [
    ...manifestLosses(stored, desired, others, goes),
    ...configLosses(stored, desired, others, { merge, goes }),
    ...sharedPartLosses('deleteOption', { stored, desired }, others, merge),
    ...(merge ? sharedPartLosses('executor', { stored, desired }, others, merge) : []),
  ];
  if (losses.length > 0 && !force) return { kind: 'refused', losses };
  const unseen = [...goes].filter((label) => request.mayRemove?.has(label) === false);
  if (unseen.length > 0) return { kind: 'unseen', labels: unseen };
  const work = merge ? merged(request, { stored, desired, owners, goes }) : desired;
  return { kind: 'write', work: withOwners(work, newOwners(work, stored, owners, manager), source), losses };
}

/**
 * Labels of the stored manifests that the write takes out. A merge that is made
 * again leaves what it must not remove; a replacing write cannot, and is
 * refused by its caller.
 */
function removalsOf(
  request: MergeRequest,
  stored: ManifestWork,
  desired: ManifestWork,
  owners: Owners,
): ReadonlySet<string> {
  const { manager, merge, adds = false, drops, mayRemove } = request;
  const wanted = byLabel(desired.manifests);
  const goes = (label: string, manifest: JsonObject): boolean => {
    if (wanted.has(label)) return false;
    if (!merge) return true;
    const chosen = drops?.(manifestKey(manifest)) ?? false;
    return (chosen || (!adds && owners.get(label) === manager)) && mayRemove?.has(label) !== false;
  };
  return new Set(
    stored.manifests
      .map((manifest) => [labelOf(manifest), manifest] as const)
      .filter(([label, manifest]) => goes(label, manifest))
      .map(([label]) => label),
  );
}

/** The work of a first write: everything belongs to its writer. */
export function firstWork(desired: ManifestWork, manager: string, source: string): ManifestWork {
  const work = withoutOwnAnnotations(desired);
  const owners = new Map(work.manifests.map((manifest) => [labelOf(manifest), manager]));
  return withOwners(work, owners, source);
}

function othersOf(owners: Owners, manager: string): Owners {
  return new Map([...owners].filter(([, owner]) => owner !== manager));
}

function manifestLosses(
  stored: ManifestWork,
  desired: ManifestWork,
  others: Owners,
  goes: ReadonlySet<string>,
): readonly Loss[] {
  const wanted = byLabel(desired.manifests);
  return [...byLabel(stored.manifests)].flatMap(([what, manifests]): Loss[] => {
    const manager = others.get(what);
    if (manager === undefined) return [];
    if (goes.has(what)) return [{ what, manager, how: 'removed' }];
    const other = wanted.get(what);
    return other === undefined || same(manifests, other) ? [] : [{ what, manager, how: 'changed' }];
  });
}

/** The options of another manager's manifest are as much theirs as the manifest. */
function configLosses(
  stored: ManifestWork,
  desired: ManifestWork,
  others: Owners,
  { merge, goes }: { readonly merge: boolean; readonly goes: ReadonlySet<string> },
): readonly Loss[] {
  const wanted = new Map(desired.manifestConfigs.map((config) => [identifierOf(config), config]));
  const present = new Map(stored.manifestConfigs.map((config) => [identifierOf(config), config]));
  const owned = stored.manifests.filter((manifest) => others.has(labelOf(manifest)));
  return owned.flatMap((manifest): Loss[] => {
    // A manifest that is removed takes its options along; that is one loss, not two.
    if (goes.has(labelOf(manifest))) return [];
    const key = manifestKey(manifest);
    const before = stored.manifestConfigs.filter((config) => mayBeAbout(config, key, stored.manifests));
    const lost = before.some((config) => {
      const other = wanted.get(identifierOf(config));
      return other === undefined ? !merge : optionText(config) !== optionText(other);
    });
    const gained = desired.manifestConfigs.some(
      (config) => !present.has(identifierOf(config)) && isMeant(config, key, desired.manifests),
    );
    if (!lost && !gained) return [];
    return [{ what: `options of ${labelOf(manifest)}`, manager: others.get(labelOf(manifest)) ?? '', how: 'changed' }];
  });
}

/**
 * Whether options that are brought along are about this manifest of another: not when they can be about one of the
 * writer's own.
 */
function isMeant(config: JsonObject, key: ManifestKey, brought: readonly JsonObject[]): boolean {
  if (isAbout(config, key)) return true;
  const own = brought
    .map((manifest) => manifestKey(manifest))
    .filter((other) => manifestLabel(other) !== manifestLabel(key));
  return mayBeAbout(config, key, brought) && !own.some((other) => mayBeAbout(config, other, brought));
}

/** How a work is deleted, and as whom it is applied, is everybody's: it decides what happens to all of its objects. */
function sharedPartLosses(
  part: 'deleteOption' | 'executor',
  { stored, desired }: Pick<MergeParts, 'stored' | 'desired'>,
  others: Owners,
  merge: boolean,
): readonly Loss[] {
  const [manager] = others.values();
  if (manager === undefined) return [];
  const stays = byLabel(desired.manifests);
  if (!merge && ![...others.keys()].some((label) => stays.has(label))) return [];
  if (merge && desired[part] === undefined) return [];
  if (optionText(stored[part] ?? {}) === optionText(desired[part] ?? {})) return [];
  return [{ what: part, manager, how: 'changed' }];
}

/** What a merge is made of, without our annotations. */
interface MergeParts {
  readonly stored: ManifestWork;
  readonly desired: ManifestWork;
  readonly owners: Owners;
  /** Labels of what is taken out. */
  readonly goes: ReadonlySet<string>;
}

function merged({ manager, adds = false }: MergeRequest, parts: MergeParts): ManifestWork {
  const { stored, desired, owners } = parts;
  const manifests = mergedManifests(parts);
  const after = newOwners({ ...stored, manifests }, stored, owners, manager);
  const given = byLabel(desired.manifests);
  const replaced = new Set([...given.keys()].filter((label) => !adds && after.get(label) === manager));
  return {
    ...stored,
    labels: { ...stored.labels, ...desired.labels },
    annotations: { ...stored.annotations, ...desired.annotations },
    manifests,
    manifestConfigs: mergedConfigs(stored, desired, {
      all: [...manifests, ...stored.manifests],
      kept: manifests.filter((manifest) => !replaced.has(labelOf(manifest))),
    }),
    ...optional('deleteOption', desired.deleteOption ?? stored.deleteOption),
    ...optional('executor', desired.executor ?? stored.executor),
  };
}

/** In the stored order, so that ordinals move as little as can be; what is new comes last. */
function mergedManifests({ stored, desired, goes }: MergeParts): readonly JsonObject[] {
  const wanted = byLabel(desired.manifests);
  const present = byLabel(stored.manifests);
  const kept = [...present].flatMap(([label, manifests]) => wanted.get(label) ?? (goes.has(label) ? [] : manifests));
  const added = desired.manifests.filter((manifest) => !present.has(labelOf(manifest)));
  return [...kept, ...added];
}

/**
 * Options of the manifests that the writer replaces give way to the desired
 * ones, and those of manifests that go are dropped; all others stay. Whose a
 * manifest is, is judged as the write leaves it: judged by the owners before
 * it, the same merge made again would find other options to drop. `all` are the
 * manifests before and after the write, `kept` those after it that the writer
 * does not replace.
 */
function mergedConfigs(stored: ManifestWork, desired: ManifestWork, manifests: Remaining): readonly JsonObject[] {
  const wanted = new Map(desired.manifestConfigs.map((config) => [identifierOf(config), config]));
  const stays = stored.manifestConfigs.flatMap((config) => {
    const replacement = wanted.get(identifierOf(config));
    if (replacement !== undefined) return [replacement];
    return losesItsManifests(config, manifests) ? [] : [config];
  });
  const present = new Set(stored.manifestConfigs.map((config) => identifierOf(config)));
  return [...stays, ...desired.manifestConfigs.filter((config) => !present.has(identifierOf(config)))];
}

/** What another manager owns unchanged stays theirs; everything else in the work is the writer's. */
function newOwners(work: ManifestWork, stored: ManifestWork, owners: Owners, manager: string): Owners {
  const before = byLabel(stored.manifests);
  return new Map(
    [...byLabel(work.manifests)].map(([label, manifests]) => {
      const old = before.get(label);
      const owner = old !== undefined && same(old, manifests) ? owners.get(label) : undefined;
      return [label, owner ?? manager];
    }),
  );
}

/** The server takes one object in several API versions of its group; those stay together, for they have one owner. */
function byLabel(manifests: readonly JsonObject[]): ReadonlyMap<string, readonly JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const manifest of manifests) {
    const label = labelOf(manifest);
    const others = found.get(label);
    if (others === undefined) found.set(label, [manifest]);
    else others.push(manifest);
  }
  return found;
}

function labelOf(manifest: JsonObject): string {
  return manifestLabel(manifestKey(manifest));
}

function identifierOf(config: JsonObject): string {
  return optionText(config['resourceIdentifier']);
}

function same(a: JsonObject | readonly JsonObject[], b: JsonObject | readonly JsonObject[]): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function optional<K extends string>(key: K, value: JsonObject | undefined): { readonly [P in K]?: JsonObject } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: JsonObject });
}
