import { isJsonObject, type JsonObject } from '../json.ts';
import type { ManifestWork } from './manifest-work.ts';
import { manifestWorkApiVersion, manifestWorkKind } from './manifest-work.ts';
import { recordedExecutor } from './own-annotations.ts';
import type { ResourceBundle } from './resource-bundle.ts';
import { workName } from './resource-bundle.ts';
import { textMap, withTextMaps } from './text-maps.ts';

/**
 * The work that a stored bundle holds, without what the server sets (uid,
 * resourceVersion, times), to be changed and applied again. REST never returns
 * the executor: it is the one that our annotation records, so that a write does
 * not strip it; one without a record is found by the write, which is refused.
 */
export function workFromBundle(bundle: ResourceBundle): ManifestWork {
  const work = storedContent(bundle);
  const executor = recordedExecutor(work);
  return executor === undefined ? work : { ...work, executor };
}

/** The same as REST shows it, without any executor: for who asks Maestro for the one that is stored. */
export function storedContent(bundle: ResourceBundle): ManifestWork {
  const namespace = bundle.metadata['namespace'];
  return {
    name: workName(bundle),
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    labels: textMap(bundle.metadata['labels']),
    annotations: textMap(bundle.metadata['annotations']),
    manifests: bundle.manifests,
    manifestConfigs: bundle.manifestConfigs,
    ...(isEmpty(bundle.deleteOption) ? {} : { deleteOption: bundle.deleteOption }),
  };
}

/** The ManifestWork document of a work; readWorks takes it back unchanged. */
export function workDocument(work: ManifestWork): JsonObject {
  return {
    apiVersion: manifestWorkApiVersion,
    kind: manifestWorkKind,
    metadata: {
      name: work.name,
      ...(work.namespace === undefined ? {} : { namespace: work.namespace }),
      ...mapsOf(work),
    },
    spec: {
      workload: { manifests: work.manifests },
      ...(work.manifestConfigs.length === 0 ? {} : { manifestConfigs: work.manifestConfigs }),
      ...(work.deleteOption === undefined ? {} : { deleteOption: work.deleteOption }),
      ...(work.executor === undefined ? {} : { executor: work.executor }),
    },
  };
}

/** A document under the version that it was read at: apply takes it for that version only. */
export function readAt(document: JsonObject, version: number): JsonObject {
  const metadata = document['metadata'];
  return { ...document, metadata: { ...(isJsonObject(metadata) ? metadata : {}), resourceVersion: String(version) } };
}

/**
 * The ObjectMeta of a write's `ce-metadata` attribute
 * (recordings/lifecycle.json, step create). `version` is that of
 * `ce-resourceversion`: 0 for a create.
 */
export function eventMetadata(
  work: Pick<ManifestWork, 'name' | 'labels' | 'annotations'>,
  id: string,
  consumer: string,
  version: number,
): JsonObject {
  return { name: work.name, namespace: consumer, uid: id, resourceVersion: String(version), ...mapsOf(work) };
}

/** The data of a write. The executor is spelt `executer` on the wire. */
export function bundleData(work: ManifestWork): JsonObject {
  return {
    manifests: work.manifests.map((manifest) => withTextMaps(manifest)),
    ...(work.manifestConfigs.length === 0 ? {} : { manifestConfigs: work.manifestConfigs }),
    ...(isEmpty(work.deleteOption) ? {} : { deleteOption: work.deleteOption }),
    ...(work.executor === undefined ? {} : { executer: work.executor }),
  };
}

function mapsOf(work: Pick<ManifestWork, 'labels' | 'annotations'>): JsonObject {
  return {
    ...(isEmpty(work.labels) ? {} : { labels: work.labels }),
    ...(isEmpty(work.annotations) ? {} : { annotations: work.annotations }),
  };
}

function isEmpty(value: JsonObject | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0;
}
