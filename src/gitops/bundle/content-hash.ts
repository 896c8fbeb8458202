import { hash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject, orderedWireJson } from '../../core/json.ts';
import { contentText } from '../../core/works/compare.ts';
import { bundleData } from '../../core/works/document.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { ownAnnotationPrefix } from '../../core/works/own-annotations.ts';
import { applicationKind, argoGroup, refreshAnnotation, touchAnnotation } from '../constants.ts';
import { objectAt } from '../../core/json-fields.ts';
import { withoutMark } from './operation-mark.ts';

/** Raised when the hash of unchanged content becomes another, so that a roll-out of it can be paced. */
const formula = '1';

/**
 * `<formula>:<32 hex>`: SHA-256, cut, of the work's labels, annotations and
 * data as JSON with keys in order. Left out is what travels once (`operation`,
 * the refresh annotation) and our own stamps and labels, so that a restart finds
 * equal what it published, whatever it passed on meanwhile.
 */
export function contentHashOf(work: Omit<ManifestWork, 'name'>): string {
  const data = bundleData({ ...work, name: '', manifests: work.manifests.map((manifest) => withoutOneShot(manifest)) });
  return contentHashOfText(withoutOurs(work.annotations), orderedWireJson(data), withoutOurs(work.labels));
}

/**
 * The same of data that is text already, with its keys in order. A null counts:
 * in the values of a chart it takes a default away, so it is not the same as
 * nothing.
 */
export function contentHashOfText(
  annotations: Readonly<Record<string, string>>,
  dataText: string,
  labels: Readonly<Record<string, string>>,
): string {
  const hash = shortHash(
    `{"annotations":${orderedWireJson(annotations)},"data":${dataText},"labels":${orderedWireJson(labels)}}`,
  );
  // By way of bytes, so that what is kept for each of many applications is one flat text.
  return Buffer.from(`${formula}:${hash}`, 'latin1').toString('latin1');
}

function withoutOurs(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(texts);
  const kept = entries.filter(([key]) => !key.startsWith(ownAnnotationPrefix));
  return kept.length === entries.length ? texts : Object.fromEntries(kept);
}

/** Names an operation: 32 hex of SHA-256 over its canonical JSON, without our mark. */
export function operationHash(operation: JsonObject): string {
  return shortHash(contentText(withoutMark(operation)));
}

/** True when the hash was made by the formula that this version uses; "" never is. */
export function isCurrentFormula(hash: string): boolean {
  return hash.startsWith(`${formula}:`);
}

/** Annotations of an Application that are no part of what it is. */
const passingAnnotations: readonly string[] = [refreshAnnotation, touchAnnotation];

/**
 * The manifest as it stays: an Application loses `operation`, the refresh annotation and the mark of a touch; others
 * are what they are.
 */
export function withoutOneShot(manifest: JsonObject): JsonObject {
  if (!isApplication(manifest)) return manifest;
  const { operation, ...lasting } = manifest;
  const rest = operation === undefined ? manifest : lasting;
  const metadata = objectAt(manifest, 'metadata');
  const annotations: JsonValue | undefined = metadata['annotations'];
  if (!isJsonObject(annotations) || passingAnnotations.every((name) => annotations[name] === undefined)) return rest;
  const others = Object.fromEntries(Object.entries(annotations).filter(([name]) => !passingAnnotations.includes(name)));
  return { ...rest, metadata: { ...metadata, annotations: others } };
}

/** An Argo CD Application, of any version of its API. */
export function isApplication(manifest: JsonObject): boolean {
  const { group, kind } = manifestKey(manifest);
  return group === argoGroup && kind === applicationKind;
}

function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}
