import { canonicalJson, isJsonObject } from '../../../../src/core/json.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ResourceMeta } from '../../../../src/core/status/work-status.ts';
import { isOrphaned } from '../../../../src/standin/agent/cluster.ts';
import { ApiError, kinds } from '../kube-client.ts';
import type { Kind, KubeObject, ObjectClient, Ref } from '../kube-client.ts';
import { configOf, requiredFor, specHashAnnotation } from './manifest-config.ts';
import type { ManifestConfig } from './manifest-config.ts';
import { hasOtherOwner, isOwnedBy, ownerReference, ownersWith } from './owners.ts';
import type { Owner } from './owners.ts';
import { kindOf, metaOf, refOf } from './served-kinds.ts';

/** What a work wants, whoever brings it. */
export interface WorkSpec {
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
}

/** An object that a work has put on the cluster. */
export interface AppliedResource {
  readonly meta: ResourceMeta;
  readonly uid: string;
}

export interface ManifestOutcome {
  readonly meta: ResourceMeta;
  /** Why the cluster refused it. */
  readonly failure?: string;
  /** True when others own fields that the manifest sets, which no trying again mends. */
  readonly conflict?: boolean;
  /** Of the object that stands there; absent when there is none. */
  readonly uid?: string;
}

type Texts = Readonly<Record<string, string>>;

const conflictTries = 5;

/** Puts the manifests of works on a cluster and takes them off again, by the rules of OCM's work agent. */
export class Applier {
  readonly #client: ObjectClient;
  readonly #keep: (kind: Kind, object: KubeObject) => void;

  /** @param keep told of what each write left, for those who hold a copy */
  constructor(client: ObjectClient, keep: (kind: Kind, object: KubeObject) => void) {
    this.#client = client;
    this.#keep = keep;
  }

  async applyManifest(ordinal: number, manifest: JsonObject, spec: WorkSpec, owner: Owner): Promise<ManifestOutcome> {
    const meta = metaOf(ordinal, manifest);
    const kind = kindOf(meta);
    if (kind === undefined) return { meta, failure: `the server doesn't have a resource type "${meta.kind}"` };
    const config = configOf(spec.manifestConfigs, meta);
    const owned = !isOrphaned(manifest, kind.resource, spec.deleteOption);
    for (let tries = 1; ; tries += 1) {
      try {
        const object = await this.#put(kind, manifest, config, owner, owned);
        return { meta, ...(object === undefined ? {} : { uid: object.metadata.uid }) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const conflict = error.status === 409;
        // Somebody wrote between reading and writing; a conflict of fields stays one.
        if (conflict && error.reason === 'Conflict' && tries < conflictTries && !isFieldConflict(error)) continue;
        const standing = await this.#client.get(kind, refOf(meta));
        return {
          meta,
          failure: error.message,
          ...(isFieldConflict(error) ? { conflict: true } : {}),
          ...(standing === undefined ? {} : { uid: standing.metadata.uid }),
        };
      }
    }
  }

  /** Applies by the manifest's update strategy and gives the object that stands then. */
  async #put(
    kind: Kind,
    manifest: JsonObject,
    config: ManifestConfig,
    owner: Owner,
    owned: boolean,
  ): Promise<KubeObject | undefined> {
    const ref = manifest['metadata'] as unknown as Ref;
    // Owners are left as they are: a work that was turned to ReadOnly keeps its reference.
    if (config.strategy === 'ReadOnly') return this.#client.get(kind, ref);
    switch (config.strategy) {
      case 'CreateOnly':
        return this.#createOnly(kind, manifest, owner, owned);
      case 'ServerSideApply':
        return this.#own(kind, await this.#serverSideApply(kind, manifest, config), owner, owned);
      default:
        return this.#update(kind, manifest, owner, owned);
    }
  }

  async #createOnly(kind: Kind, manifest: JsonObject, owner: Owner, owned: boolean): Promise<KubeObject> {
    const existing = await this.#client.get(kind, manifest['metadata'] as unknown as Ref);
    if (existing !== undefined) return this.#own(kind, existing, owner, owned);
    return this.#kept(
      kind,
      await this.#client.create(kind, withOwners(manifest, owned ? [ownerReference(owner)] : [])),
    );
  }

  async #serverSideApply(kind: Kind, manifest: JsonObject, config: ManifestConfig): Promise<KubeObject> {
    const { onCreate, onUpdate, hash } = requiredFor(manifest, config.serverSideApply);
    const force = config.serverSideApply['force'] === true;
    if (hash === undefined) return this.#kept(kind, await this.#client.apply(kind, onUpdate, force));
    const existing = await this.#client.get(kind, manifest['metadata'] as unknown as Ref);
    // What was changed on the cluster since is left alone while the content is the one that was applied.
    if (existing?.metadata.annotations?.[specHashAnnotation] === hash) return existing;
    return this.#kept(kind, await this.#client.apply(kind, existing === undefined ? onCreate : onUpdate, force));
  }

  /** Labels, annotations and owners are merged, finalizers stay, and the rest is replaced when it differs. */
  async #update(kind: Kind, manifest: JsonObject, owner: Owner, owned: boolean): Promise<KubeObject> {
    const existing = await this.#client.get(kind, manifest['metadata'] as unknown as Ref);
    if (existing === undefined)
      return this.#kept(
        kind,
        await this.#client.create(kind, withOwners(manifest, owned ? [ownerReference(owner)] : [])),
      );
    const metadata = manifest['metadata'] as JsonObject;
    const merged = {
      labels: { ...existing.metadata.labels, ...(metadata['labels'] as Texts | undefined) },
      annotations: { ...existing.metadata.annotations, ...(metadata['annotations'] as Texts | undefined) },
    };
    const same =
      canonicalJson(merged) ===
      canonicalJson({ labels: existing.metadata.labels ?? {}, annotations: existing.metadata.annotations ?? {} });
    const owners = ownersWith(existing, owner, owned);
    const metadataOnly = kind.resource === kinds.namespaces.resource;
    if (same && owners === undefined && (metadataOnly || sameContent(manifest, existing))) return existing;
    const updated = {
      ...(metadataOnly ? existing : manifest),
      metadata: { ...existing.metadata, ...merged, ...(owners === undefined ? {} : { ownerReferences: [...owners] }) },
    };
    return this.#kept(kind, await this.#client.update(kind, updated));
  }

  /** Adds or drops the reference to the owner, at the very version that was read. */
  async #own(kind: Kind, object: KubeObject, owner: Owner, owned: boolean): Promise<KubeObject> {
    const owners = ownersWith(object, owner, owned);
    if (owners === undefined) return object;
    const { uid, resourceVersion } = object.metadata;
    const metadata = { uid, resourceVersion, ownerReferences: [...owners] };
    return this.#kept(kind, await this.#client.mergePatch(kind, object.metadata, { metadata }));
  }

  /** So that the next look does not see the state before what the agent wrote itself. */
  #kept(kind: Kind, object: KubeObject): KubeObject {
    this.#keep(kind, object);
    return object;
  }

  /**
   * Lets go of what a work has put on the cluster: an object without our reference is none of ours, one with another
   * owner only loses ours, and the rest is deleted.
   *
   * @returns what is not gone yet
   */
  async release(resources: readonly AppliedResource[], owner: Owner): Promise<readonly AppliedResource[]> {
    const pending: AppliedResource[] = [];
    for (const resource of resources) if (await this.#isPending(resource, owner)) pending.push(resource);
    return pending;
  }

  async #isPending({ meta, uid }: AppliedResource, owner: Owner): Promise<boolean> {
    const kind = kindOf(meta);
    if (kind === undefined) return false;
    const object = await this.#client.get(kind, refOf(meta));
    if (object === undefined || !isOwnedBy(object, owner)) return false;
    if (hasOtherOwner(object, owner)) {
      await this.#own(kind, object, owner, false);
      return false;
    }
    if (object.metadata.uid !== uid) return false;
    if (object.metadata.deletionTimestamp === undefined) await this.#client.delete(kind, refOf(meta), { uid });
    // Foreground deletion needs a garbage collector, which is not here; waiting until the object is gone is the same.
    return (await this.#client.get(kind, refOf(meta)))?.metadata.uid === uid;
  }
}

/** Server-side apply words it so; a version that is too old is a conflict of another kind. */
function isFieldConflict(error: ApiError): boolean {
  return error.status === 409 && /^Apply failed with \d+ conflict/.test(error.message);
}

function withOwners(manifest: JsonObject, ownerReferences: readonly JsonObject[]): JsonObject {
  const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
  if (ownerReferences.length === 0) return manifest;
  return { ...manifest, metadata: { ...metadata, ownerReferences: [...ownerReferences] } };
}

function sameContent(manifest: JsonObject, existing: KubeObject): boolean {
  const content = ({ metadata: _, status: __, ...rest }: JsonObject): string => canonicalJson(rest);
  return content(manifest) === content(existing);
}
