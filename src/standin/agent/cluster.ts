import { createHash, randomUUID } from 'node:crypto';
import { isJsonObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { ManifestKey } from '../../core/works/manifest-work.ts';
import { workloadStatus } from './feedback.ts';
import { builtInKind, definedKind } from './kinds.ts';
import type { KnownKind } from './kinds.ts';

/** An object on the simulated cluster. */
export interface ClusterObject {
  /** New for every object: an object kept through a change of owner keeps it. */
  readonly uid: string;
  readonly manifest: JsonObject;
  /** Ids of the works that own it; it is removed with the last one. */
  readonly owners: readonly string[];
}

/** An object that its last owner left, which either took it along or let it stand alone. */
export interface ObjectLoss {
  readonly atMs: number;
  readonly uid: string;
  readonly manifest: JsonObject;
  /** Id of the work that was its last owner. */
  readonly lastOwner: string;
  /** Whether it went with that work. */
  readonly removed: boolean;
}

/** So many losses are kept, the latest. */
const mostLosses = 1_000;

interface Kept {
  readonly uid: string;
  readonly createdMs: number;
  readonly owners: Set<string>;
  manifest: JsonObject;
  /** What its simulated controller reported, and for which manifest. */
  status?: JsonObject;
  statusOf?: JsonObject;
}

/**
 * The objects of one simulated cluster. Several works may own one object, each
 * with an owner reference of its own; letting go of an owner removes the object
 * only when no other is left and it was not orphaned.
 */
export class Cluster {
  readonly #objects = new Map<string, Kept>();
  readonly #keysOfOwner = new Map<string, Set<string>>();
  readonly #defined = new Map<string, KnownKind>();
  readonly #losses: ObjectLoss[] = [];

  objects(): ClusterObject[] {
    return [...this.#objects.values()].map(({ uid, manifest, owners }) => ({ uid, manifest, owners: [...owners] }));
  }

  /** Objects that lost their last owner since the cluster began, the latest thousand at most. */
  losses(): readonly ObjectLoss[] {
    return [...this.#losses];
  }

  kind(key: Pick<ManifestKey, 'group' | 'kind'>): KnownKind | undefined {
    return builtInKind(key.group, key.kind) ?? this.#defined.get(`${key.group}/${key.kind}`);
  }

  hasNamespace(name: string): boolean {
    return (
      name === 'default' ||
      name.startsWith('kube-') ||
      this.#objects.has(address({ group: '', kind: 'Namespace', namespace: '', name }))
    );
  }

  /**
   * The object of a manifest as the cluster has it, with uid, owners and status, and as it was applied; undefined when
   * it is not there.
   */
  read(
    key: Omit<ManifestKey, 'version'>,
  ): { readonly object: JsonObject; readonly manifest: JsonObject; readonly createdMs: number } | undefined {
    const kept = this.#objects.get(address(key));
    if (kept === undefined) return undefined;
    const metadata = {
      ...(isJsonObject(kept.manifest['metadata']) ? kept.manifest['metadata'] : {}),
      ...ownership(kept),
    };
    const status = kept.status === undefined ? {} : { status: kept.status };
    return { object: { ...kept.manifest, metadata, ...status }, manifest: kept.manifest, createdMs: kept.createdMs };
  }

  /** True when nobody but this work owns the object, so that it goes with the work. */
  ownedOnlyBy(key: Omit<ManifestKey, 'version'>, owner: string): boolean {
    const owners = this.#objects.get(address(key))?.owners;
    return owners?.size === 1 && owners.has(owner);
  }

  /** Lets the controllers catch up on the objects of a work: pods run, Jobs end. */
  runWorkloads(owner: string): void {
    for (const kept of this.#objectsOf(owner)) {
      if (kept.statusOf === kept.manifest) continue;
      const status = workloadStatus(kept.manifest);
      kept.statusOf = kept.manifest;
      if (status !== undefined) kept.status = status;
    }
  }

  /** True while an object of the work has a controller that has not caught up. */
  hasPendingWorkloads(owner: string): boolean {
    return this.#objectsOf(owner).some(
      (kept) => kept.statusOf !== kept.manifest && workloadStatus(kept.manifest) !== undefined,
    );
  }

  /** Creates or updates an object; an owner is set unless the work orphans it. */
  put(manifest: JsonObject, owner: string | undefined, wallMs: number): void {
    const key = address(manifestKey(manifest));
    const object: Kept = this.#objects.get(key) ?? {
      uid: randomUUID(),
      createdMs: wallMs,
      manifest,
      owners: new Set<string>(),
    };
    object.manifest = manifest;
    this.#objects.set(key, object);
    const defined = manifest['kind'] === 'CustomResourceDefinition' ? definedKind(manifest) : undefined;
    if (defined !== undefined) this.#defined.set(...defined);
    if (owner === undefined) return;
    object.owners.add(owner);
    let keys = this.#keysOfOwner.get(owner);
    if (keys === undefined) {
      keys = new Set();
      this.#keysOfOwner.set(owner, keys);
    }
    keys.add(key);
  }

  /** Drops one owner reference and leaves the object where it is. */
  orphan(manifest: JsonObject, owner: string, wallMs: number): void {
    const key = address(manifestKey(manifest));
    const object = this.#objects.get(key);
    if (object?.owners.delete(owner) === true && object.owners.size === 0)
      this.#lose(object, { lastOwner: owner, removed: false, atMs: wallMs });
    this.#keysOfOwner.get(owner)?.delete(key);
  }

  /** Lets go of everything of a work but the manifests to keep; objects without another owner vanish. */
  release(owner: string, wallMs: number, keep: readonly JsonObject[] = []): void {
    const kept = new Set(keep.map((manifest) => address(manifestKey(manifest))));
    for (const key of this.#keysOfOwner.get(owner) ?? []) {
      if (kept.has(key)) continue;
      this.#keysOfOwner.get(owner)?.delete(key);
      const object = this.#objects.get(key);
      object?.owners.delete(owner);
      if (object?.owners.size !== 0) continue;
      this.#lose(object, { lastOwner: owner, removed: true, atMs: wallMs });
      this.#remove(key, object.manifest);
    }
    if (this.#keysOfOwner.get(owner)?.size === 0) this.#keysOfOwner.delete(owner);
  }

  #objectsOf(owner: string): Kept[] {
    return [...(this.#keysOfOwner.get(owner) ?? [])]
      .map((key) => this.#objects.get(key))
      .filter((kept) => kept !== undefined);
  }

  #lose({ uid, manifest }: Kept, how: Omit<ObjectLoss, 'uid' | 'manifest'>): void {
    this.#losses.push({ ...how, uid, manifest });
    if (this.#losses.length > mostLosses) this.#losses.shift();
  }

  #remove(key: string, manifest: JsonObject): void {
    this.#objects.delete(key);
    const defined = manifest['kind'] === 'CustomResourceDefinition' ? definedKind(manifest) : undefined;
    if (defined !== undefined) this.#defined.delete(defined[0]);
  }
}

/**
 * What the cluster adds to an object's metadata. An agent keeps a record of each work that it applies and makes that
 * the owner; its name begins with a hash of the hub and ends with the id of the work.
 */
function ownership({ uid, owners }: Kept): JsonObject {
  if (owners.size === 0) return { uid };
  const ownerReferences = [...owners].map((id) => ({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'AppliedManifestWork',
    name: `${hubHash}-${id}`,
    uid: id,
  }));
  return { uid, ownerReferences };
}

/** Any will do: what counts is that it stands before the id. */
const hubHash = createHash('sha256').update('stand-in').digest('hex');

function address({ group, kind, namespace, name }: Omit<ManifestKey, 'version'>): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** True when the delete option leaves this manifest's object on the cluster. */
export function isOrphaned(manifest: JsonObject, resource: string, deleteOption: JsonObject | undefined): boolean {
  if (deleteOption?.['propagationPolicy'] === 'Orphan') return true;
  if (deleteOption?.['propagationPolicy'] !== 'SelectivelyOrphan') return false;
  const selective = deleteOption['selectivelyOrphans'];
  const rules = isJsonObject(selective) ? selective['orphaningRules'] : undefined;
  const key = manifestKey(manifest);
  return (Array.isArray(rules) ? (rules as JsonObject[]) : []).some(
    (rule) =>
      (rule['group'] ?? '') === key.group &&
      (rule['resource'] ?? '') === resource &&
      (rule['namespace'] ?? '') === key.namespace &&
      (rule['name'] ?? '') === key.name,
  );
}
