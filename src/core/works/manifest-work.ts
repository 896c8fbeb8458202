import type { JsonObject } from '../json.ts';

/** Group, version and kind of the envelope that users write. */
export const manifestWorkApiVersion = 'work.open-cluster-management.io/v1';
export const manifestWorkKind = 'ManifestWork';

/**
 * A ManifestWork as a user means it: what apply sends and what get gives back.
 * Server-set fields (uid, version, times, status) are no part of it.
 */
export interface ManifestWork {
  /** `metadata.name`; the server knows the work by a bundle id made from it. */
  readonly name: string;
  /** `metadata.namespace`: the consumer, when the document names one. */
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `spec.workload.manifests`, in order. */
  readonly manifests: readonly JsonObject[];
  /** `spec.manifestConfigs`; empty and absent mean the same. */
  readonly manifestConfigs: readonly JsonObject[];
  /** `spec.deleteOption`. */
  readonly deleteOption?: JsonObject;
  /** `spec.executor`; on the wire it is spelt `executer`, and REST never gives it back. */
  readonly executor?: JsonObject;
}

/** The address of one Kubernetes object in a work. */
export interface ManifestKey {
  /** API group, "" for the core group. */
  readonly group: string;
  /** Version of its API, such as `v1`. */
  readonly version: string;
  /** Kind of the object. */
  readonly kind: string;
  /** "" for cluster-scoped objects and for manifests that leave it out. */
  readonly namespace: string;
  /** Name of the object. */
  readonly name: string;
}

/** Reads the address of a manifest; missing parts are empty strings. */
export function manifestKey(manifest: JsonObject): ManifestKey {
  const apiVersion = typeof manifest['apiVersion'] === 'string' ? manifest['apiVersion'] : '';
  const slash = apiVersion.indexOf('/');
  const metadata = (manifest['metadata'] ?? {}) as JsonObject;
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: slash < 0 ? apiVersion : apiVersion.slice(slash + 1),
    kind: text(manifest['kind']),
    namespace: text(metadata['namespace']),
    name: text(metadata['name']),
  };
}

/** `Kind.group/namespace/name`, leaving out what is empty: how messages name a manifest. */
export function manifestLabel(key: Pick<ManifestKey, 'group' | 'kind' | 'namespace' | 'name'>): string {
  const kind = key.group === '' ? key.kind : `${key.kind}.${key.group}`;
  return key.namespace === '' ? `${kind}/${key.name}` : `${kind}/${key.namespace}/${key.name}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
