import type { JsonObject } from '../../core/json.ts';
import { objectAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import { pause, type Budget } from '../../operations/budget.ts';
import type { JsonPatchStep, KubeApi, ObjectRef, ResourcePath } from '../kube/kube-api.ts';
import { pointerToken, sameObject, sameVersion } from '../kube/patches.ts';
import { callWithin } from '../survey/call.ts';

/** An object of the hub that is to be written. */
export interface WriteTarget {
  readonly path: ResourcePath;
  readonly ref: ObjectRef;
  /** As messages name it: `Deployment open-cluster-management/multicluster-integrations`. */
  readonly object: string;
}

/** What is to be written to an object as it is, with what that is in words; no steps when it is right already. */
export interface Change {
  readonly steps: readonly JsonPatchStep[];
  readonly text: string;
}

/** What became of one object. */
export interface WrittenObject {
  readonly object: string;
  readonly changed: boolean;
  /** A part of a sentence: `scaled from 1 to 0`, `is at 0 already`. */
  readonly text: string;
  /** There is no such object. */
  readonly missing: boolean;
}

/** Somebody else writes the same object now and then; more often than this, something is wrong. */
const mostTries = 5;

/** After an answer that was lost. */
const againMs = 1_000;

/**
 * Reads an object, decides, and writes to the very version that was read; begins anew when somebody else has written
 * meanwhile, and when an answer was lost: what was written then is right already.
 *
 * @param decide may throw
 * @throws MaestroError as the hub answers
 */
export async function writePinned(
  kube: Pick<KubeApi, 'get' | 'jsonPatch'>,
  { path, ref, object }: WriteTarget,
  decide: (found: JsonObject) => Change,
  budget: Budget,
): Promise<WrittenObject> {
  for (let tries = 1; ; tries += 1) {
    const found = await kube.get(path, ref, callWithin(budget));
    if (found === undefined) return { object, changed: false, text: 'is not there', missing: true };
    const { steps, text } = decide(found);
    if (steps.length === 0) return { object, changed: false, text, missing: false };
    const metadata = objectAt(found, 'metadata');
    const pinned = [sameObject(textAt(metadata, 'uid')), sameVersion(textAt(metadata, 'resourceVersion')), ...steps];
    try {
      await kube.jsonPatch(path, ref, pinned, callWithin(budget));
      return { object, changed: true, text, missing: false };
    } catch (error) {
      const again = error instanceof MaestroError && (error.code === 'conflict' || error.transient);
      if (!again || tries >= mostTries) throw error;
      if (error.code !== 'conflict') await pause(budget, againMs);
    }
  }
}

/** Annotations of an object; none that are no texts. */
export function annotationsOf(object: JsonObject): Readonly<Record<string, string>> {
  return stringMapAt(objectAt(object, 'metadata'), 'annotations');
}

/** Steps that set annotations, or take away those that are undefined. */
export function annotationSteps(
  object: JsonObject,
  values: Readonly<Record<string, string | undefined>>,
): readonly JsonPatchStep[] {
  const present = annotationsOf(object);
  const path = '/metadata/annotations';
  const steps = Object.entries(values).flatMap(([key, value]): readonly JsonPatchStep[] => {
    const at = `${path}/${pointerToken(key)}`;
    if (value !== undefined) return [{ op: 'add', path: at, value }];
    return key in present ? [{ op: 'remove', path: at }] : [];
  });
  // A step into a map that is not there is an error.
  const isMapThere = 'annotations' in objectAt(object, 'metadata');
  return steps.length === 0 || isMapThere ? steps : [{ op: 'add', path, value: {} }, ...steps];
}
