import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { refreshAnnotation } from '../constants.ts';
import type { JsonPatchStep } from './kube-api.ts';
import { textAt } from '../../core/json-fields.ts';

/** One reference token of a JSON Pointer: `~` and `/` escaped (RFC 6901). */
export function pointerToken(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Fails as a conflict when the object is another one by now that has the same name. */
export function sameObject(uid: string): JsonPatchStep {
  return { op: 'test', path: '/metadata/uid', value: uid };
}

/** Fails as a conflict when anybody has written the object since it was read. */
export function sameVersion(resourceVersion: string): JsonPatchStep {
  return { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion };
}

/**
 * Writes the whole status over the one that was read. Application has no status
 * subresource, so others write the same object: what they wrote meanwhile is
 * never replaced unseen, which is why the version is tested.
 *
 * @param resourceVersion of the object whose status is replaced
 */
export function statusPatch(uid: string, resourceVersion: string, status: JsonObject): readonly JsonPatchStep[] {
  return [sameObject(uid), sameVersion(resourceVersion), { op: 'add', path: '/status', value: status }];
}

/**
 * Takes what was passed on once off the hub, beside a status: `statusPatch`
 * tests the version in which it was seen, so that it is no newer one.
 */
export function oneShotSteps({
  operation,
  refresh,
}: {
  readonly operation: boolean;
  readonly refresh: boolean;
}): readonly JsonPatchStep[] {
  return [
    ...(operation ? [{ op: 'remove', path: '/operation' } as const] : []),
    ...(refresh ? [{ op: 'remove', path: `/metadata/annotations/${pointerToken(refreshAnnotation)}` } as const] : []),
  ];
}

/**
 * Writes the conditions alone, beside a status of which not all is known.
 *
 * @param before whether there is a status
 */
export function statusConditionsPatch(
  uid: string,
  resourceVersion: string,
  before: boolean,
  conditions: JsonValue,
): readonly JsonPatchStep[] {
  const step: JsonPatchStep = before
    ? { op: 'add', path: '/status/conditions', value: conditions }
    : { op: 'add', path: '/status', value: { conditions } };
  return [sameObject(uid), sameVersion(resourceVersion), step];
}

/**
 * Takes conditions of some types away; undefined when there are none. The list is tested as a whole, so that a newer
 * one is never lost.
 */
export function conditionsPatch(
  uid: string,
  conditions: JsonValue | undefined,
  keep: (type: string) => boolean,
): readonly JsonPatchStep[] | undefined {
  if (!Array.isArray(conditions)) return undefined;
  const kept = conditions.filter((condition: JsonValue) => !isJsonObject(condition) || keep(textAt(condition, 'type')));
  if (kept.length === conditions.length) return undefined;
  const path = '/status/conditions';
  const step: JsonPatchStep = kept.length === 0 ? { op: 'remove', path } : { op: 'replace', path, value: kept };
  return [sameObject(uid), { op: 'test', path, value: conditions }, step];
}

/** Takes `.operation` away only while it is the very one given, so that a newer one is never lost. */
export function clearOperationPatch(uid: string, operation: JsonValue): readonly JsonPatchStep[] {
  return [sameObject(uid), { op: 'test', path: '/operation', value: operation }, { op: 'remove', path: '/operation' }];
}

/** Takes an annotation away only while it has the value given. */
export function clearAnnotationPatch(uid: string, annotation: string, value: string): readonly JsonPatchStep[] {
  const path = `/metadata/annotations/${pointerToken(annotation)}`;
  return [sameObject(uid), { op: 'test', path, value }, { op: 'remove', path }];
}

/**
 * Takes finalizers away; undefined when the object has none of them. The list is tested as a whole, for an
 * index alone could name another finalizer by now. An empty list is replaced
 * too: the API server drops the field itself.
 */
export function finalizersPatch(
  uid: string,
  finalizers: readonly string[],
  remove: (finalizer: string) => boolean,
): readonly JsonPatchStep[] | undefined {
  const kept = finalizers.filter((finalizer) => !remove(finalizer));
  if (kept.length === finalizers.length) return undefined;
  const path = '/metadata/finalizers';
  return [sameObject(uid), { op: 'test', path, value: finalizers }, { op: 'replace', path, value: kept }];
}
