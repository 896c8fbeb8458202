import { canonicalJson, parseJsonObject, type JsonObject } from '../json.ts';
import type { ManifestWork } from './manifest-work.ts';

/** Everything that maestro-cli records on a work stands under this prefix, and is no part of its content. */
export const ownAnnotationPrefix = 'maestro-cli.hyperfleet.io/';

/** The executor as canonical JSON, because REST never returns it. */
export const executorAnnotation = `${ownAnnotationPrefix}executor`;

/** Which manager wrote which manifest: a JSON object of manager to manifest labels. */
export const managersAnnotation = `${ownAnnotationPrefix}managers`;

/**
 * "0" on what `build` made while there was no work: no version can say that, so
 * apply takes it from here, and creates only. What was built of a work names
 * its version in metadata.resourceVersion; documents of earlier builds name it here.
 */
export const builtFromAnnotation = `${ownAnnotationPrefix}built-from`;

/** Names of the works that a migration put this one in the place of, as a JSON list: nobody may make them anew. */
export const replacesAnnotation = `${ownAnnotationPrefix}replaces`;

/** Which of the works that a migration united had which labels and annotations, as JSON. */
export const unitedAnnotation = `${ownAnnotationPrefix}united`;

/** The work with what a migration has recorded on the stored one, which holds whoever writes it. */
export function withMigrationRecords(work: ManifestWork, stored: Pick<ManifestWork, 'annotations'>): ManifestWork {
  const kept = [replacesAnnotation, unitedAnnotation].flatMap((name) => {
    const value = stored.annotations[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return kept.length === 0 ? work : { ...work, annotations: { ...work.annotations, ...Object.fromEntries(kept) } };
}

/** Which event the last write was made for: its EVENT_ID. */
export const eventAnnotation = `${ownAnnotationPrefix}event-id`;

/** An id is no text to keep at any length in every work. */
const longestEventId = 256;

/**
 * The work with the event that writes it recorded; without one there is no record, because that of an earlier write
 * would not be true.
 */
export function withEventRecord(work: ManifestWork, eventId: string | undefined): ManifestWork {
  const { [eventAnnotation]: _old, ...annotations } = work.annotations;
  if (eventId === undefined) return { ...work, annotations };
  return { ...work, annotations: { ...annotations, [eventAnnotation]: eventId.slice(0, longestEventId) } };
}

/** The executor that our annotation on a work records. */
export function recordedExecutor(work: ManifestWork): JsonObject | undefined {
  // Somebody may have edited the annotation; a probe still tells whether there is an executor.
  return parseJsonObject(work.annotations[executorAnnotation] ?? '');
}

/** The work with its executor recorded in our annotation, and without a record when it has none. */
export function withExecutorRecord(work: ManifestWork): ManifestWork {
  const { [executorAnnotation]: _old, ...annotations } = work.annotations;
  if (work.executor === undefined) return { ...work, annotations };
  return { ...work, annotations: { ...annotations, [executorAnnotation]: canonicalJson(work.executor) } };
}
