import { isJsonObject, parseJson, type JsonValue } from '../json.ts';
import { replacesAnnotation, unitedAnnotation } from '../works/own-annotations.ts';
import type { ManifestWork } from '../works/manifest-work.ts';

/** Names of the works that this one has taken the place of, sorted; empty when a migration did not make it. */
export function replacedBy({ annotations }: Pick<ManifestWork, 'annotations'>): readonly string[] {
  const names = parsed(annotations[replacesAnnotation]);
  return Array.isArray(names) ? (names as readonly JsonValue[]).filter((name) => typeof name === 'string') : [];
}

/** The work with the names of those that it takes the place of; without the record when there are none. */
export function withReplaced(work: ManifestWork, names: Iterable<string>): ManifestWork {
  const { [replacesAnnotation]: _old, ...annotations } = work.annotations;
  const sorted = [...new Set(names)].sort();
  if (sorted.length === 0) return { ...work, annotations };
  return { ...work, annotations: { ...annotations, [replacesAnnotation]: JSON.stringify(sorted) } };
}

/**
 * Which managers' works had a label or annotation before they were united: it
 * goes back to these alone when the work is taken apart again.
 */
export interface UnitedRecord {
  /** Managers by the key of the label; keys that all of them had are left out. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly annotations: Readonly<Record<string, readonly string[]>>;
  /** The adapter label by manager: one work of several adapters carries none. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** What a work records of the works that it was made of; empty without a record, or with a damaged one. */
export function unitedRecord({ annotations }: Pick<ManifestWork, 'annotations'>): UnitedRecord {
  const record = parsed(annotations[unitedAnnotation]);
  if (!isJsonObject(record)) return { labels: {}, annotations: {}, adapters: {} };
  return {
    labels: lists(record['labels']),
    annotations: lists(record['annotations']),
    adapters: texts(record['adapters']),
  };
}

/** The work with that record; without one when it says nothing. */
export function withUnited(work: ManifestWork, record: UnitedRecord): ManifestWork {
  const { [unitedAnnotation]: _old, ...annotations } = work.annotations;
  const said = Object.fromEntries(Object.entries(record).filter(([, part]) => Object.keys(part as object).length > 0));
  if (Object.keys(said).length === 0) return { ...work, annotations };
  return { ...work, annotations: { ...annotations, [unitedAnnotation]: JSON.stringify(said) } };
}

function parsed(text: string | undefined): JsonValue | undefined {
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch {
    // Somebody edited the annotation.
    return undefined;
  }
}

function lists(value: JsonValue | undefined): Readonly<Record<string, readonly string[]>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, list]) => [
      key,
      Array.isArray(list) ? (list as readonly JsonValue[]).filter((item) => typeof item === 'string') : [],
    ]),
  );
}

function texts(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}
