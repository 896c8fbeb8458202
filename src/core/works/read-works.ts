import { MaestroError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { objectAt } from '../json-fields.ts';
import { isJsonObject } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import type { Place } from '../yaml/place.ts';
import type { SourceDocument } from '../yaml/read-documents.ts';
import { checkShape, isManifestWork, readVersion, wrongType } from './check-envelope.ts';
import { nearest } from './did-you-mean.ts';
import { manifestWorkShape } from './envelope-schema.ts';
import type { ManifestWork } from './manifest-work.ts';
import { manifestWorkApiVersion, manifestWorkKind } from './manifest-work.ts';
import { notAManifest } from './not-a-manifest.ts';
import type { Problem } from './problem.ts';
import { textMap, withTextMaps } from './text-maps.ts';

/** A place in one of several files. */
export interface FilePlace extends Place {
  readonly file: string;
}

/** A work as it was written, with the way back to its text. */
export interface WorkInput {
  readonly work: ManifestWork;
  /** The document that holds all of it; undefined when its manifests come from several. */
  readonly document: SourceDocument | undefined;
  /**
   * The version that the document was read at, its `metadata.resourceVersion`:
   * pass it on as `ifVersion`, and a later version that is stored by then is a
   * conflict. Undefined when the document names none, "0" included.
   */
  readonly readAt?: number;
  /** Where a path of the ManifestWork document stands, plain manifests included. */
  locate(path: JsonPath): FilePlace | undefined;
  /** Where the manifest of this index begins. */
  manifestPlace(index: number): FilePlace | undefined;
}

/** What is added to what the files say. */
export interface ReadWorksOptions {
  /** Name of the work, over that in the document; plain manifests need it. */
  readonly name?: string;
  /** What to do about a name for several works; leaving it out when absent. */
  readonly severalHint?: string;
}

/** One object of the input: a document, or an item of a List. */
interface Entry {
  readonly value: JsonValue;
  readonly document: SourceDocument;
  /** From the root of the document to the object. */
  readonly path: JsonPath;
}

/**
 * Makes works of documents: each ManifestWork is one, plain Kubernetes
 * manifests and Lists become one together. All problems carry their place; a
 * work is left out when it could not be read at all. Throws usage when the
 * name is missing for plain manifests, or given for several works.
 */
export function readWorks(
  documents: readonly SourceDocument[],
  options: ReadWorksOptions = {},
): { works: WorkInput[]; problems: Problem[] } {
  const entries = documents.flatMap((document) => spread({ value: document.value, document, path: [] }));
  const others = otherFiles(entries);
  if (others.length > 0) return { works: [], problems: [...others] };
  const works = entries.filter(({ value }) => isJsonObject(value) && meantAsWork(value));
  const plain = entries.filter((entry) => !works.includes(entry));
  if (works.length > 0 && plain.length > 0) return { works: [], problems: plain.map((entry) => mixed(entry)) };
  if (works.length > 1 && options.name !== undefined) {
    throw new MaestroError('usage', `the name ${options.name} is given for ${works.length} works`, {
      hint: options.severalHint ?? {
        program: 'Leave the name out; each ManifestWork has its own.',
        command: 'Leave --name out; each ManifestWork has its own name.',
      },
    });
  }
  if (plain.length > 0) return readPlain(plain, options.name);
  const read = works.map((entry) => readWork(entry, options.name));
  return {
    works: read.flatMap(({ input }) => (input === undefined ? [] : [input])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** Whether a document holds a manifest: null and a list of nothing do not. */
export function holdsManifest(document: SourceDocument): boolean {
  return spread({ value: document.value, document, path: [] }).length > 0;
}

/**
 * kubectl takes a List for its items, also within a List; a document that is an array is what `list -o json` prints.
 */
function spread(entry: Entry): Entry[] {
  const { value, document, path } = entry;
  if (Array.isArray(value) && path.length === 0 && value.every((item: JsonValue) => isJsonObject(item))) {
    return (value as readonly JsonValue[]).flatMap((item, index) => spread({ value: item, document, path: [index] }));
  }
  const items = isJsonObject(value) ? itemsOf(value) : undefined;
  if (!isJsonObject(value) || items === undefined) return [entry];
  return items.flatMap((item, index) =>
    spread({ value: asItem(item, value), document, path: [...path, 'items', index] }),
  );
}

/** What no file is that holds manifests, once for each file. */
function otherFiles(entries: readonly Entry[]): readonly Problem[] {
  const found = new Map<string, Problem>();
  for (const entry of entries) {
    const { file } = entry.document;
    const problem = found.has(file) ? undefined : notAManifest(entry.value, file);
    if (problem !== undefined) found.set(file, { ...problem, ...placeOf(entry, problem.path) });
  }
  return [...found.values()];
}

/**
 * The items of what kubectl takes for a list: whatever holds objects in
 * `items`, and a kind called …List whose `items` are empty and which has no
 * name. undefined for all else, such as an AllowList with items of its own.
 */
function itemsOf(list: JsonObject): readonly JsonValue[] | undefined {
  const { kind, items } = list;
  if (typeof kind !== 'string' || items === undefined) return undefined;
  const named = isJsonObject(list['metadata']) && isGiven(list['metadata']['name']);
  if (items === null || (Array.isArray(items) && items.length === 0))
    return kind.endsWith('List') && !named ? [] : undefined;
  const isList = Array.isArray(items) && (kind === 'List' || items.every((item: JsonValue) => isJsonObject(item)));
  return isList ? (items as readonly JsonValue[]) : undefined;
}

/** An item that says neither is of the version of its list, and of the kind that the list is named after. */
function asItem(item: JsonValue, list: JsonObject): JsonValue {
  if (!isJsonObject(item) || isGiven(item['kind']) || isGiven(item['apiVersion'])) return item;
  const kind = typeof list['kind'] === 'string' ? list['kind'].replace(/List$/, '') : '';
  return kind === '' ? item : { ...item, apiVersion: list['apiVersion'], kind };
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Also what misses the right kind or version by a slip, so that the slip is named. */
function meantAsWork(value: JsonObject): boolean {
  if (isManifestWork(value)) return true;
  if (value['apiVersion'] !== manifestWorkApiVersion) return false;
  const kind = value['kind'];
  return typeof kind !== 'string' || nearest(kind, [manifestWorkKind]) !== undefined;
}

function mixed(entry: Entry): Problem {
  const problem: Problem = {
    severity: 'error',
    path: entry.path,
    message: 'a plain manifest beside a ManifestWork: it belongs to no work',
    suggestion: 'put it into spec.workload.manifests, or apply it by itself under a name',
  };
  return { ...problem, ...placeOf(entry, []) };
}

function readPlain(entries: readonly Entry[], name: string | undefined): { works: WorkInput[]; problems: Problem[] } {
  const problems = entries
    .filter(({ value }) => !isJsonObject(value))
    .map((entry) => ({ ...wrongType(entry.value, 'a Kubernetes object', entry.path), ...placeOf(entry, []) }));
  if (problems.length > 0) return { works: [], problems };
  if (name === undefined) {
    const place = entries[0] === undefined ? '' : `${entries[0].document.file}: `;
    throw new MaestroError('usage', `${place}plain manifests need a name for their work`, {
      hint: {
        program: 'Give the option name, or put the manifests into a ManifestWork.',
        command:
          'Give --name, or --adapter, which names it hyperfleet-{consumer}-{type}; or put the manifests into a ManifestWork.',
      },
    });
  }
  const files = new Set(entries.map(({ document }) => document));
  const manifestPlace = (index: number, rest: JsonPath = []): FilePlace | undefined => {
    const entry = entries[index];
    return entry === undefined ? undefined : placeOf(entry, rest);
  };
  const input: WorkInput = {
    work: {
      name,
      labels: {},
      annotations: {},
      manifests: entries.map(({ value }) => withTextMaps(value as JsonObject)),
      manifestConfigs: [],
    },
    document: files.size === 1 ? entries[0]?.document : undefined,
    locate: (path) => (typeof path[3] === 'number' ? manifestPlace(path[3], path.slice(4)) : manifestPlace(0)),
    manifestPlace: (index) => manifestPlace(index),
  };
  return { works: [input], problems: [] };
}

function readWork(entry: Entry, name: string | undefined): { input?: WorkInput; problems: readonly Problem[] } {
  const value = entry.value as JsonObject;
  const found = [...checkType(value), ...checkShape(value, manifestWorkShape)];
  const metadata = objectAt(value, 'metadata');
  const workName = name ?? metadata['name'];
  if (workName === undefined || workName === null) {
    found.push({
      severity: 'error',
      path: ['metadata', 'name'],
      message: 'Required value: field not set',
      suggestion: 'or give the work a name',
    });
  }
  const problems = found.map((problem) => ({ ...problem, ...placeOf(entry, problem.path) }));
  const manifests = objectAt(objectAt(value, 'spec'), 'workload')['manifests'] ?? [];
  if (typeof workName !== 'string' || !isObjectList(manifests)) return { problems };
  const readAt = readVersion(metadata['resourceVersion']);
  const input: WorkInput = {
    work: workOf(value, workName, manifests),
    document: entry.document,
    ...(readAt === undefined ? {} : { readAt }),
    locate: (path) => placeOf(entry, path),
    manifestPlace: (index) =>
      index < manifests.length ? placeOf(entry, ['spec', 'workload', 'manifests', index]) : undefined,
  };
  return { input, problems };
}

/** The work of a document that `workDocument` made; undefined for anything else. */
export function workOfDocument(document: JsonObject): ManifestWork | undefined {
  const { name } = objectAt(document, 'metadata');
  const { manifests } = objectAt(objectAt(document, 'spec'), 'workload');
  if (!isManifestWork(document) || typeof name !== 'string' || !isObjectList(manifests)) return undefined;
  return workOf(document, name, manifests);
}

/** Parts of a wrong type are left out; they are among the problems. */
function workOf(value: JsonObject, name: string, manifests: readonly JsonObject[]): ManifestWork {
  const metadata = objectAt(value, 'metadata');
  const spec = objectAt(value, 'spec');
  const { namespace } = metadata;
  const { manifestConfigs, deleteOption, executor } = spec;
  return {
    name,
    ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
    labels: textMap(metadata['labels']),
    annotations: textMap(metadata['annotations']),
    manifests: manifests.map((manifest) => withTextMaps(manifest)),
    manifestConfigs: isObjectList(manifestConfigs) ? manifestConfigs : [],
    ...(isJsonObject(deleteOption) ? { deleteOption } : {}),
    ...(isJsonObject(executor) ? { executor } : {}),
  };
}

function checkType(value: JsonObject): Problem[] {
  const problems: Problem[] = [];
  for (const [key, wanted] of Object.entries({ apiVersion: manifestWorkApiVersion, kind: manifestWorkKind })) {
    const found = value[key];
    if (found === wanted || (typeof found !== 'string' && found !== undefined && found !== null)) continue;
    const message =
      found === undefined || found === null
        ? 'Required value: field not set'
        : `Unsupported value: ${JSON.stringify(found)}`;
    problems.push({ severity: 'error', path: [key], message, suggestion: `it must be ${wanted}` });
  }
  return problems;
}

function placeOf(entry: Entry, path: JsonPath): FilePlace | undefined {
  const place = entry.document.locate([...entry.path, ...path]);
  return place === undefined ? undefined : { file: entry.document.file, ...place };
}

function isObjectList(value: JsonValue | undefined): value is readonly JsonObject[] {
  return Array.isArray(value) && value.every((item: JsonValue) => isJsonObject(item));
}
