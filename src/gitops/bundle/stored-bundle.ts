import type { JsonObject } from '../../core/json.ts';
import { storedContent } from '../../core/works/document.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import {
  applicationSetLabel,
  contentHashStamp,
  hubIdStamp,
  hubNameAnnotation,
  hubNamespaceAnnotation,
  hubUidStamp,
  migrationStamp,
  oneShotStamp,
  pullLabel,
  refreshAnnotation,
  versionLabel,
  versionStamp,
} from '../constants.ts';
import { objectAt, stringMapAt, textAt, textsAt } from '../../core/json-fields.ts';
import { isArgoFinalizer, withoutArgoFinalizers } from '../model/finalizers.ts';
import { contentHashOf, isApplication, isCurrentFormula, operationHash, withoutOneShot } from './content-hash.ts';
import { readOneShot } from './one-shot.ts';
import type { TravellingOneShot } from './one-shot.ts';

/** What a stored bundle says of itself. */
export interface StoredBundle {
  readonly id: string;
  /** `metadata.name` of the work. */
  readonly name: string;
  readonly consumer: string;
  readonly version: number;
  /** A delete was accepted, the agent has not confirmed it. */
  readonly deleting: boolean;
  /** The hub application, by the annotations that the Go controllers write too; "" when none. */
  readonly hubNamespace: string;
  readonly hubName: string;
  /** Stamps; "" on bundles that the Go controllers wrote. */
  readonly hubId: string;
  readonly hubUid: string;
  /** Of what is stored, whoever wrote it; of a bundle of ours that nobody else wrote, as it was stamped. */
  readonly contentHash: string;
  /** What we published last, when another client has made something else of it since. */
  readonly stampedHash?: string;
  /** The migration that works on it. */
  readonly migration?: string;
  /**
   * What travels with it; on a bundle of the Go controllers told by the fields themselves, as published before any
   * report.
   */
  readonly oneShot: TravellingOneShot | undefined;
  /**
   * `us`: stamped. `go`: hub annotations and the shape of the Go controllers' bundles, no stamps. `foreign`: anything
   * else.
   */
  readonly managedBy: 'us' | 'go' | 'foreign';
  /** Its Application on the cluster; both "" when it holds none. */
  readonly spokeNamespace: string;
  readonly spokeName: string;
  /** Its Application carries a finalizer of Argo CD, so that deleting it removes the workload. */
  readonly cascades: boolean;
}

export interface BundleRow {
  readonly id: string;
  readonly consumer: string;
  readonly version: number;
  readonly deletedAt?: string;
  readonly metadata: JsonObject;
  readonly manifests: readonly JsonObject[];
  /** Absent: it was written by us a moment ago, and what its stamps say is true. */
  readonly manifestConfigs?: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
}

/**
 * Reads what a stored bundle says of itself; never throws, and keeps nothing of
 * the manifests.
 *
 * @param known what an earlier read said of the same row, so that its content is not summed up again while its version
 *   is the same
 */
export function readStoredBundle(bundle: BundleRow, known?: StoredBundle): StoredBundle {
  const annotations = stringMapAt(bundle.metadata, 'annotations');
  const application = bundle.manifests.find((manifest) => isApplication(manifest));
  const spoke = application === undefined ? { namespace: '', name: '' } : manifestKey(application);
  const managedBy = managerOf(bundle, annotations);
  return {
    id: bundle.id,
    name: textAt(bundle.metadata, 'name'),
    consumer: bundle.consumer,
    version: bundle.version,
    deleting: bundle.deletedAt !== undefined,
    hubNamespace: annotations[hubNamespaceAnnotation] ?? '',
    hubName: annotations[hubNameAnnotation] ?? '',
    hubId: annotations[hubIdStamp] ?? '',
    hubUid: annotations[hubUidStamp] ?? '',
    ...(managedBy === 'us'
      ? heldContent(bundle, annotations, known)
      : { contentHash: annotations[contentHashStamp] ?? '' }),
    ...((annotations[migrationStamp] ?? '') === '' ? {} : { migration: annotations[migrationStamp] }),
    oneShot: managedBy === 'go' ? unstampedOneShot(bundle.manifests) : readOneShot(annotations[oneShotStamp] ?? ''),
    managedBy,
    spokeNamespace: spoke.namespace,
    spokeName: spoke.name,
    cascades: bundle.manifests.some((manifest) => isApplication(manifest) && argoFinalizersOf(manifest)),
  };
}

/**
 * The stamps stay when another client writes the bundle, so they are believed
 * for the version alone that our own publish made. Of any other the content is
 * summed up: it may be what we published all the same, such as before there was
 * a stamp of the version.
 */
function heldContent(
  bundle: BundleRow,
  annotations: Readonly<Record<string, string>>,
  known: StoredBundle | undefined,
): Pick<StoredBundle, 'contentHash' | 'stampedHash'> {
  const stamped = annotations[contentHashStamp] ?? '';
  const { manifests, manifestConfigs } = bundle;
  if (
    manifestConfigs === undefined ||
    annotations[versionStamp] === String(bundle.version) ||
    !isCurrentFormula(stamped)
  )
    return { contentHash: stamped };
  if (known?.version === bundle.version) {
    return {
      contentHash: known.contentHash,
      ...(known.stampedHash === undefined ? {} : { stampedHash: known.stampedHash }),
    };
  }
  const { deleteOption } = bundle;
  const content = {
    labels: stringMapAt(bundle.metadata, 'labels'),
    annotations,
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
  const contentHash = contentHashOf(content);
  return contentHash === stamped ? { contentHash } : { contentHash, stampedHash: stamped };
}

/** The work with the stamp of the version that its publish makes, and its label. */
export function withVersion<T extends Pick<ManifestWork, 'labels' | 'annotations'>>(work: T, version: number): T {
  const stamped = { ...work, annotations: { ...work.annotations, [versionStamp]: String(version) } };
  return withVersionLabel(stamped, version);
}

/**
 * The work with the version in a label. An agent takes up what a new version says only when manifests, options or
 * labels differ from the version before: of nothing but annotations it reports after minutes that they are applied.
 */
export function withVersionLabel<T extends Pick<ManifestWork, 'labels'>>(work: T, version: number): T {
  return { ...work, labels: { ...work.labels, [versionLabel]: String(version) } };
}

/** The one-shot fields that a stored bundle's Application carries. */
export function travellingFields(manifests: readonly JsonObject[]): {
  readonly operation?: JsonObject;
  readonly refresh?: string;
} {
  const application = manifests.find((manifest) => isApplication(manifest)) ?? {};
  const operation = objectAt(application, 'operation');
  const refresh = stringMapAt(objectAt(application, 'metadata'), 'annotations')[refreshAnnotation];
  return {
    ...(Object.keys(operation).length === 0 ? {} : { operation }),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

/** Adopting a bundle must not abort the operation in it, so it is told like one of ours. */
function unstampedOneShot(manifests: readonly JsonObject[]): TravellingOneShot | undefined {
  const { operation, refresh } = travellingFields(manifests);
  if (operation === undefined && refresh === undefined) return undefined;
  return {
    op: operation === undefined ? '' : operationHash(operation),
    opAfter: '',
    ...(refresh === undefined ? {} : { refreshAfter: '' }),
  };
}

/**
 * The stored work again, to be published before it is deleted as garbage: its
 * Application has none of Argo CD's finalizers, so its workload outlives it.
 * Nor has it one-shot fields, because the changed content is applied whole and
 * would start them anew. Stamps stay, with the content hash of what it is now.
 */
export function withoutCascade(
  bundle: Pick<ResourceBundle, 'metadata' | 'manifests' | 'manifestConfigs' | 'deleteOption'>,
): ManifestWork {
  const stored = storedContent(bundle as ResourceBundle);
  const { [oneShotStamp]: _oneShot, ...annotations } = stored.annotations;
  const work = { ...stored, annotations, manifests: stored.manifests.map((manifest) => released(manifest)) };
  if (annotations[contentHashStamp] === undefined) return work;
  return { ...work, annotations: { ...annotations, [contentHashStamp]: contentHashOf(work) } };
}

function released(manifest: JsonObject): JsonObject {
  if (!isApplication(manifest)) return manifest;
  const kept = withoutOneShot(manifest);
  const { finalizers: _finalizers, ...metadata } = objectAt(kept, 'metadata');
  const finalizers = withoutArgoFinalizers(textsAt(objectAt(kept, 'metadata'), 'finalizers'));
  return { ...kept, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
}

function argoFinalizersOf(manifest: JsonObject): boolean {
  return textsAt(objectAt(manifest, 'metadata'), 'finalizers').some((finalizer) => isArgoFinalizer(finalizer));
}

function managerOf(bundle: BundleRow, annotations: Readonly<Record<string, string>>): StoredBundle['managedBy'] {
  const namespace = annotations[hubNamespaceAnnotation] ?? '';
  const name = annotations[hubNameAnnotation] ?? '';
  if (namespace === '' || name === '') return 'foreign';
  if ((annotations[hubIdStamp] ?? '') !== '') return 'us';
  const labels = stringMapAt(bundle.metadata, 'labels');
  const marked = labels[applicationSetLabel] === 'true' || labels[pullLabel] === 'true';
  const [manifest] = bundle.manifests;
  const shaped =
    bundle.manifests.length === 1 &&
    manifest !== undefined &&
    isApplication(manifest) &&
    manifestKey(manifest).name === name;
  return marked && shaped && textAt(bundle.metadata, 'name') === `${namespace}-${name}` ? 'go' : 'foreign';
}
