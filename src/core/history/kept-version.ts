import { contentDigest } from '../content-digest.ts';
import { isJsonObject, parseJsonObject, toWireJson, type JsonObject, type JsonValue } from '../json.ts';
import { deepestNesting } from '../json-nesting.ts';
import { workOfDocument } from '../works/read-works.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/** How a version came to be known: a write of ours, or what was found stored when we wrote over it. */
export type KeptOperation = 'created' | 'updated' | 'found';

/** The command that wrote a version. */
export type KeptCommand = 'apply' | 'edit' | 'rollback';

/** Values that stand in no file, and what tells whether others are the same. */
export interface LeftOutPart {
  /** `Secret/default/db`, or `annotations` for those of the work itself: for people. */
  readonly subject: string;
  /** Which manifest of the work it is; absent for the annotations of the work. */
  readonly manifest?: number;
  /** Places from the root of the manifest, or of the annotations. */
  readonly paths: readonly JsonPath[];
  /** Of the digest, in hex. */
  readonly salt: string;
  /** Scrypt of the values at these places, in hex. */
  readonly digest: string;
}

/** One version of a work, as it is kept. */
export interface KeptVersion {
  readonly version: number;
  /**
   * When the server made the row of the work, as it says: a work that was deleted and made anew has another one, and
   * its versions begin again.
   */
  readonly createdAt: string;
  /** RFC 3339: when it was kept. */
  readonly keptAt: string;
  /** Who wrote it; absent for what was found. */
  readonly manager?: string;
  readonly operation: KeptOperation;
  /** Absent for what was found. */
  readonly command?: KeptCommand;
  /** The version that a rollback has written again. */
  readonly rolledBackTo?: number;
  /** What the write changed, in words; empty for what was found. */
  readonly changes: readonly string[];
  /** Without our own annotations, and with masks where `leftOut` says so. */
  readonly work: ManifestWork;
  readonly leftOut: readonly LeftOutPart[];
}

/** Levels that the file adds around a manifest. */
const wrappedLevels = 8;

/** Names the form of the file, so that a later one can tell it from its own. */
const format = 'maestro-cli/history/1';

/** What a kept version is in its file; the document is that of `workDocument`. */
interface KeptLine extends Omit<KeptVersion, 'work'> {
  readonly history: typeof format;
  readonly document: JsonObject;
}

/** The text of a file that holds one version. The digest tells a whole file from one that somebody has changed. */
export function keptText(kept: Omit<KeptVersion, 'work'>, document: JsonObject): string {
  const line: KeptLine = { history: format, ...kept, document };
  const value = line as unknown as JsonObject;
  return `${toWireJson({ ...value, digest: contentDigest(value) })}\n`;
}

/**
 * Reads such a file.
 *
 * @returns why it says nothing, when it does not
 */
export function readKept(text: string): KeptVersion | { readonly broken: string } {
  const value = parseJsonObject(text, deepestNesting + wrappedLevels);
  if (value === undefined) return { broken: 'it is no JSON, or not all of it' };
  const { digest, ...rest } = value;
  if (rest['history'] !== format) return { broken: 'it was not written by this version of maestro-cli' };
  if (digest !== contentDigest(rest)) return { broken: 'it is not as it was written' };
  const { history: _format, document, ...kept } = rest;
  const work = isJsonObject(document) ? workOfDocument(document) : undefined;
  // What has the digest was written by us, so its members are ours.
  return work === undefined
    ? { broken: 'it holds no work' }
    : { ...(kept as unknown as Omit<KeptVersion, 'work'>), work };
}

/** The value at a path; undefined when there is none. */
export function valueAt(root: JsonValue | undefined, path: JsonPath): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, step) => {
    if (typeof step === 'number') return Array.isArray(value) ? (value as readonly JsonValue[])[step] : undefined;
    return isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, root);
}

/** The same with another value at a path, or without it when there is none; places that are not there stay away. */
export function withValueAt(root: JsonValue, path: JsonPath, value: JsonValue | undefined): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value ?? null;
  if (Array.isArray(root)) {
    const items = root as readonly JsonValue[];
    return items.map((item, index) => (index === step ? withValueAt(item, rest, value) : item));
  }
  if (!isJsonObject(root) || !Object.hasOwn(root, step)) return root;
  return Object.fromEntries(
    Object.entries(root).flatMap(([key, member]) => {
      if (key !== String(step)) return [[key, member]];
      const next = rest.length === 0 ? value : withValueAt(member ?? null, rest, value);
      return next === undefined ? [] : [[key, next]];
    }),
  );
}
