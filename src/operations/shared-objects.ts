import { type BundleFilter, type CallOptions, type SetAsideRow, type WorkReader } from '../clients/index.ts';
import type { JsonObject } from '../core/json.ts';
import type { SharedObject } from '../core/ownership/shared-object.ts';
import { listed } from '../core/text.ts';
import { manifestKey, manifestLabel, type ManifestKey } from '../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import type { ApplyPlan } from './apply/plan.ts';
import { remainingMs, type Budget } from './budget.ts';

/** Objects of one work that other works of its consumer may hold. */
export interface SharingQuestion {
  readonly consumer: string;
  /** The work's own id, which is no other. */
  readonly id: string;
  readonly keys: readonly ManifestKey[];
}

/** What was found, by the ids of the questions. */
export interface Sharing {
  readonly found: ReadonlyMap<string, readonly SharedObject[]>;
  /** Why not every work was looked through. */
  readonly left?: string;
}

/** The server's parser takes eleven conditions; the consumer and paging are two, and one is left in reserve. */
const mostPatterns = 8;
/** Of a request line of some 8 KiB. */
const mostCharacters = 6_000;
const charactersAround = 5;
const pageSize = 100;
/** Works that one search looks through; a consumer with more is looked through in part. */
const mostWorks = 2_000;
/** Searches under way at once, beside the reads and writes of a fleet. */
const mostSearches = 4;
/** Nobody waits longer to be told; the write has to have its time. */
const longestMs = 5_000;
const budgetShare = 0.25;

/** The objects that a write would put into a work which does not hold them yet: only these can come to be in two. */
export function objectsBrought(plan: ApplyPlan): readonly ManifestKey[] {
  if (plan.action === 'unchanged') return [];
  return newObjects(plan.work.manifests, plan.action === 'create' ? [] : plan.stored.manifests);
}

/** Each object once, whatever its API versions. */
export function newObjects(after: readonly JsonObject[], before: readonly JsonObject[]): readonly ManifestKey[] {
  const known = new Set(before.map((manifest) => manifestLabel(manifestKey(manifest))));
  const keys = new Map(after.map((manifest) => manifestKey(manifest)).map((key) => [manifestLabel(key), key]));
  return [...keys].filter(([label]) => !known.has(label)).map(([, key]) => key);
}

/**
 * Finds the other works, of any source, that hold one of these objects by
 * group, kind, namespace and name. One search answers for a work, and for as
 * many consumers as fit into it.
 *
 * @throws MaestroError when Maestro did not answer
 */
export async function findSharing(
  reader: Pick<WorkReader, 'listBundles'>,
  questions: readonly SharingQuestion[],
  options: CallOptions,
): Promise<Sharing> {
  const found = new Map<string, SharedObject[]>();
  let left: string | undefined;
  const batches = batchesOf(questions.filter(({ keys }) => keys.length > 0));
  const next = batches[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const batch of { [Symbol.iterator]: () => next }) {
      let works = 0;
      const onSetAside = ({ id }: SetAsideRow): void => {
        left = `the work ${id} cannot be read`;
      };
      for await (const page of reader.listBundles({ where: whereOf(batch), pageSize, onSetAside }, options)) {
        for (const bundle of page) addShared(found, bundle, batch.questions);
        works += page.length;
        if (works < mostWorks) continue;
        left = `there are more than ${mostWorks}`;
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostSearches, batches.length) }, worker));
  return { found, ...(left === undefined ? {} : { left }) };
}

/**
 * The same for one write that is about to be made; undefined when it could not
 * be found out, which is told, and keeps nobody from writing.
 */
export async function lookForSharing(
  question: SharingQuestion,
  name: string,
  deps: { readonly reader: WorkReader; readonly onNotice: (text: string) => void },
  budget: Budget,
): Promise<readonly SharedObject[] | undefined> {
  if (question.keys.length === 0) return [];
  try {
    const { found, left } = await findSharing(deps.reader, [question], shortened(budget));
    if (left !== undefined) deps.onNotice(leftText(`${name} on ${question.consumer}`, left));
    return found.get(question.id) ?? [];
  } catch (caught) {
    budget.signal.throwIfAborted();
    deps.onNotice(failedText(`${name} on ${question.consumer}`, MaestroError.from(caught)));
    return undefined;
  }
}

/** A part of the time that is left, and no more than so long. */
export function shortened(budget: Budget, mostMs = longestMs): CallOptions {
  const leftMs = remainingMs(budget);
  return { ...budget, deadlineMs: budget.deadlineMs - leftMs + Math.min(mostMs, leftMs * budgetShare) };
}

export function failedText(about: string, error: MaestroError): string {
  return `${about}: whether other works hold the same objects could not be looked for: ${error.message}`;
}

export function leftText(about: string, left: string): string {
  return `${about}: not every other work was looked through for the same objects: ${left}`;
}

/** `ConfigMap/default/settings is also in the work w2 (id …); …`, one text for each object. */
export function sharedTexts(shared: readonly SharedObject[]): readonly string[] {
  const works = new Map<string, string[]>();
  for (const { kind, group = '', namespace = '', name, work, id, deleting } of shared) {
    const label = manifestLabel({ kind, group, namespace, name });
    const holder = `${work}${work === id ? '' : ` (id ${id})`}${deleting === true ? ', which is being deleted' : ''}`;
    works.set(label, [...(works.get(label) ?? []), holder]);
  }
  return [...works].map(
    ([label, holders]) =>
      `${label} is also in the work${holders.length === 1 ? '' : 's'} ${listed(holders)}; works that hold one object overwrite each other`,
  );
}

/** Questions that one search asks together. */
interface Batch {
  readonly questions: SharingQuestion[];
  readonly patterns: Map<string, JsonObject>;
  characters: number;
}

/** What is asked about one consumer stands in one search, however many of its works are written. */
function batchesOf(questions: readonly SharingQuestion[]): readonly Batch[] {
  const byConsumer = new Map<string, SharingQuestion[]>();
  for (const question of questions) {
    const same = byConsumer.get(question.consumer);
    if (same === undefined) byConsumer.set(question.consumer, [question]);
    else same.push(question);
  }
  const batches: Batch[] = [];
  for (const [consumer, about] of byConsumer) {
    const patterns = patternsOf(about.flatMap(({ keys }) => keys));
    const last = batches.at(-1);
    const added = [...patterns.keys()].filter((text) => last?.patterns.has(text) !== true);
    const characters =
      consumer.length + charactersAround + added.reduce((sum, text) => sum + encodeURIComponent(text).length, 0);
    if (
      last !== undefined &&
      // No pattern finds all works of the consumers, which beside those of others it would not.
      (last.patterns.size === 0) === (patterns.size === 0) &&
      last.patterns.size + added.length <= mostPatterns &&
      last.characters + characters <= mostCharacters
    ) {
      last.questions.push(...about);
      for (const [text, pattern] of patterns) last.patterns.set(text, pattern);
      last.characters += characters;
    } else {
      const all = [...patterns.keys()].reduce((sum, text) => sum + encodeURIComponent(text).length, 0);
      batches.push({ questions: about, patterns, characters: consumer.length + charactersAround + all });
    }
  }
  return batches;
}

function whereOf({ questions, patterns }: Batch): BundleFilter {
  const consumers = [...new Set(questions.map(({ consumer }) => consumer))];
  return patterns.size === 0 ? { consumers } : { consumers, manifests: [...patterns.values()] };
}

/** The finest of these that one search can ask for; what else it finds is left out here. Empty: all works. */
function patternsOf(keys: readonly ManifestKey[]): Map<string, JsonObject> {
  const levels: readonly ((key: ManifestKey) => JsonObject)[] = [
    ({ kind, namespace, name }) => ({ kind, metadata: namespace === '' ? { name } : { name, namespace } }),
    ({ kind, namespace }) => (namespace === '' ? { kind } : { kind, metadata: { namespace } }),
    ({ kind }) => ({ kind }),
  ];
  for (const level of levels) {
    const patterns = new Map(keys.map(level).map((pattern) => [JSON.stringify(pattern), pattern]));
    const characters = [...patterns.keys()].reduce((sum, text) => sum + encodeURIComponent(text).length, 0);
    if (patterns.size <= mostPatterns && characters <= mostCharacters / 2) return patterns;
  }
  return new Map();
}

function addShared(
  found: Map<string, SharedObject[]>,
  bundle: ResourceBundle,
  questions: readonly SharingQuestion[],
): void {
  const about = questions.filter(({ consumer, id }) => consumer === bundle.consumerName && id !== bundle.id);
  if (about.length === 0) return;
  const held = new Set(bundle.manifests.map((manifest) => manifestLabel(manifestKey(manifest))));
  for (const { id, keys } of about) {
    const shared = keys.filter((key) => held.has(manifestLabel(key))).map((key) => sharedObject(key, bundle));
    if (shared.length > 0) found.set(id, [...(found.get(id) ?? []), ...shared]);
  }
}

function sharedObject({ kind, group, namespace, name }: ManifestKey, bundle: ResourceBundle): SharedObject {
  return {
    kind,
    ...(group === '' ? {} : { group }),
    ...(namespace === '' ? {} : { namespace }),
    name,
    work: workName(bundle) === '' ? bundle.id : workName(bundle),
    id: bundle.id,
    ...(bundle.deletedAt === undefined ? {} : { deleting: true }),
  };
}
