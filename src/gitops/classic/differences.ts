import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, stringMapAt, textsAt } from '../../core/json-fields.ts';
import {
  hydrateTimestampAnnotation,
  instanceLabel,
  lastAppliedAnnotation,
  notifiedAnnotation,
  refreshAnnotation,
  refreshTimestampAnnotation,
  skipReconcileAnnotation,
  trackingIdAnnotation,
} from '../constants.ts';

/** Where two Applications differ, as paths such as `spec.source.path` and `metadata.labels["a/b"]`. */
export interface ApplicationDifferences {
  /** The cluster's Argo CD would do something else. */
  readonly spec: readonly string[];
  readonly other: readonly string[];
}

/** Of the hub's object, or passed on once: one model sends it and the other does not, which changes nothing. */
const passing: ReadonlySet<string> = new Set([
  lastAppliedAnnotation,
  trackingIdAnnotation,
  notifiedAnnotation,
  skipReconcileAnnotation,
  refreshAnnotation,
  refreshTimestampAnnotation,
  hydrateTimestampAnnotation,
  instanceLabel,
]);

/**
 * Compares the Application that a classic work holds with the one that a bundle
 * would bring. Labels, annotations and finalizers that are there and empty are
 * as good as none, for the hub drops them. In `spec` an empty map says
 * something (`automated: {}`), so there it counts. What the cluster or an
 * operation writes (`status`, `operation`) is not compared.
 */
export function applicationDifferences(classic: JsonObject, ours: JsonObject): ApplicationDifferences {
  const [left, right] = [lastingMetadata(classic), lastingMetadata(ours)];
  return {
    spec: changes(classic['spec'], ours['spec'], 'spec'),
    other: ['labels', 'annotations', 'finalizers'].flatMap((key) => changes(left[key], right[key], `metadata.${key}`)),
  };
}

/**
 * What is compared, as one text: of two Applications whose texts are the same nothing differs.
 */
export function comparedText(manifest: JsonObject): string {
  return canonicalJson({ metadata: lastingMetadata(manifest), spec: manifest['spec'] ?? null });
}

/** What `spec` says, as one text: of two Applications whose texts are the same it does not differ. */
export function comparedSpec(manifest: JsonObject): string {
  return canonicalJson(manifest['spec'] ?? null);
}

function lastingMetadata(manifest: JsonObject): JsonObject {
  const metadata = objectAt(manifest, 'metadata');
  return {
    labels: withoutPassing(stringMapAt(metadata, 'labels')),
    annotations: withoutPassing(stringMapAt(metadata, 'annotations')),
    finalizers: textsAt(metadata, 'finalizers'),
  };
}

function withoutPassing(map: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !passing.has(key)));
}

function changes(left: JsonValue | undefined, right: JsonValue | undefined, path: string): readonly string[] {
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return keys.flatMap((key) => changes(left[key], right[key], `${path}${memberText(key)}`));
  }
  return canonicalJson(left) === canonicalJson(right) ? [] : [path];
}

function memberText(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
