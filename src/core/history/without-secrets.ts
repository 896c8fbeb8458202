import type { JsonObject, JsonValue } from '../json.ts';
import { leftOutValues, type LeftOutValue } from '../left-out-values.ts';
import { maskSecrets } from '../mask-secrets.ts';
import { isSecretKind } from '../secret-texts.ts';
import { withoutOwnAnnotations } from '../ownership/owners.ts';
import { sameContent } from '../works/compare.ts';
import { workDocument } from '../works/document.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../works/manifest-work.ts';
import { workOfDocument } from '../works/read-works.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { valueAt, withValueAt, type KeptVersion, type LeftOutPart } from './kept-version.ts';
import { isDigestOf, type PlacedValues, type SecretDigests } from './secret-digest.ts';

/** A work without anything that must not be on a disk. */
export interface WithoutSecrets {
  readonly work: ManifestWork;
  /** As it stands in the file. */
  readonly document: JsonObject;
  readonly leftOut: readonly LeftOutPart[];
}

/** Subject of what is left out of the work itself. */
const ofWork = 'annotations';

/**
 * Leaves the values of Secrets out of a work, and every copy of them that the
 * tool masks elsewhere. What can be said of them later is whether others are the
 * same.
 */
export async function leaveSecretsOut(work: ManifestWork, digests: SecretDigests): Promise<WithoutSecrets> {
  const bare = withoutOwnAnnotations(work);
  const document = workDocument(bare);
  const masked = maskSecrets(document) as JsonObject;
  const parts = new Map<
    string,
    { readonly part: Omit<LeftOutPart, 'salt' | 'digest'>; readonly values: PlacedValues }
  >();
  for (const left of leftOutValues(document, masked)) {
    const { subject, manifest, path } = placeIn(bare, left);
    const key = `${manifest ?? ''} ${subject}`;
    const before = parts.get(key);
    const paths = [...(before?.part.paths ?? []), path];
    parts.set(key, {
      part: { subject, ...(manifest === undefined ? {} : { manifest }), paths },
      values: [...(before?.values ?? []), [path, left.value]],
    });
  }
  const leftOut: LeftOutPart[] = [];
  for (const { part, values } of parts.values())
    leftOut.push({ ...part, salt: digests.salt, digest: await digests.of(values) });
  return { work: workOfDocument(masked) ?? bare, document: masked, leftOut };
}

/** Whether what is stored is what was kept, as far as can be told without the values of Secrets. */
export function isAsKept({ work }: Pick<KeptVersion, 'work'>, now: ManifestWork): boolean {
  const masked = workOfDocument(maskSecrets(workDocument(withoutOwnAnnotations(now))) as JsonObject);
  return masked !== undefined && sameContent(masked, work);
}

function placeIn(
  work: ManifestWork,
  { path }: LeftOutValue,
): { readonly subject: string; readonly manifest?: number; readonly path: JsonPath } {
  const [top, workload, manifests, index, ...rest] = path;
  const manifest = typeof index === 'number' ? work.manifests[index] : undefined;
  if (top === 'spec' && workload === 'workload' && manifests === 'manifests' && manifest !== undefined)
    return { subject: manifestLabel(manifestKey(manifest)), manifest: index as number, path: rest };
  return { subject: ofWork, path };
}

/** A kept version as it can be written again. */
export interface Restored {
  readonly work: ManifestWork;
  /** What stays as it is now, because its values then are not known: `--keep-secrets-of-now`. */
  readonly asNow: readonly string[];
  /** What cannot be brought back, and why. */
  readonly refused: readonly RefusedSecret[];
}

/** A Secret whose values of then nobody knows any more. */
export interface RefusedSecret {
  readonly subject: string;
  /** `changed`: other values are stored now. `gone`: none are. */
  readonly why: 'changed' | 'gone';
}

/**
 * Fills in what a kept version has left out, from what is stored now, where
 * that is proved to be the same. A mask is never given back in the place of a value.
 *
 * @param now what is stored
 * @param keepNow take what is stored now where it is another
 */
export async function restoreSecrets(kept: KeptVersion, now: ManifestWork, keepNow: boolean): Promise<Restored> {
  let document: JsonValue = workDocument(kept.work);
  const asNow: string[] = [];
  const refused: RefusedSecret[] = [];
  for (const part of kept.leftOut) {
    const root = rootOf(part);
    const here = await sourceOf(part, kept.work, now);
    const filled = filledIn(valueAt(document, root), part, here, keepNow);
    if ('why' in filled) {
      refused.push({ subject: part.subject, why: filled.why });
      continue;
    }
    document = withValueAt(document, root, filled.value);
    if (!here.same) asNow.push(part.subject);
  }
  const work = workOfDocument(document as JsonObject);
  return { work: work ?? kept.work, asNow, refused };
}

function rootOf({ manifest }: LeftOutPart): JsonPath {
  return manifest === undefined ? [] : ['spec', 'workload', 'manifests', manifest];
}

/** Where the values may be taken from, and whether they are proved to be those of then. */
interface Source {
  readonly value: JsonValue | undefined;
  readonly same: boolean;
}

async function sourceOf(part: LeftOutPart, then: ManifestWork, now: ManifestWork): Promise<Source> {
  const candidates =
    part.manifest === undefined ? [workDocument(now)] : manifestsLike(then.manifests[part.manifest], now);
  for (const value of candidates) {
    const values = part.paths.flatMap((path) => {
      const found = valueAt(value, path);
      return found === undefined ? [] : [[path, found] as const];
    });
    if (values.length === part.paths.length && (await isDigestOf(values, part.salt, part.digest)))
      return { value, same: true };
  }
  return { value: candidates[0], same: false };
}

/** One object may be there in several versions of its API. */
function manifestsLike(manifest: JsonObject | undefined, now: ManifestWork): readonly JsonObject[] {
  if (manifest === undefined) return [];
  const label = manifestLabel(manifestKey(manifest));
  return now.manifests.filter((other) => manifestLabel(manifestKey(other)) === label);
}

function filledIn(
  then: JsonValue | undefined,
  { paths, manifest }: LeftOutPart,
  { value: now, same }: Source,
  keepNow: boolean,
): { readonly value: JsonValue } | { readonly why: RefusedSecret['why'] } {
  if (now === undefined || then === undefined) return { why: 'gone' };
  if (!same && !keepNow) return { why: 'changed' };
  // Of a Secret with other values, the keys are others too: it stays as it is.
  if (!same && manifest !== undefined && isSecretKind((now as JsonObject)['kind'])) return { value: now };
  let value = then;
  for (const path of paths) {
    const found = valueAt(now, path);
    // An annotation that is not there now was a copy; a value within a Secret cannot be left out.
    if (found === undefined && !path.some((step) => step === 'annotations' || step === 'labels'))
      return { why: 'gone' };
    value = withValueAt(value, path, found);
  }
  return { value };
}
