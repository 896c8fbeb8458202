import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { givesAway, isSecretKind, isSecretMember, secretValues } from './secret-texts.ts';
import { setMember } from './yaml/members.ts';

/** What stands in the place of a Secret's value in everything that people read. */
export const maskText = '(masked by maestro-cli)';

/** kubectl keeps the whole object here, its values included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Maps of texts beside the data of an object, where tools keep copies of the whole of it. */
const textMaps: readonly string[] = ['annotations', 'labels'];

/** In objects that are no Secret, shorter values are taken for words that happen to be the same. */
const shortestValue = 8;

/**
 * Whether a text is one that maestro-cli wrote in the place of a Secret's
 * value. Such a text must never be applied: it would replace the real one.
 */
export function isMaskText(text: string): boolean {
  return /^\(masked by maestro-cli(: [a-z]+)?\)$/.test(text);
}

/**
 * The same value with the values of every Secret in it masked, at any depth
 * (a Secret in a List, or in a ManifestWork), and the copies of them that
 * annotations and labels hold. Keys stay, so that a reader sees what there is;
 * a mask tells nothing of the value, not even its length.
 */
export function maskSecrets(value: JsonValue): JsonValue {
  const words = { same: undefined, differs: undefined, alone: undefined };
  return against(value, undefined, { words, values: secretValues(value) });
}

/**
 * Both sides of a comparison, masked: every value says on both sides whether
 * it is `unchanged`, on the side where it differs `stored` before and
 * `changed` after, and `removed` or `added` when only one side has it. The two
 * sides differ in text exactly where the values do.
 *
 * @param others values of Secrets that stand beside what is compared: copies of them are masked, too
 */
export function maskSecretPair(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  others: ReadonlySet<string> = new Set(),
): { readonly before: JsonObject | undefined; readonly after: JsonObject | undefined } {
  const values = new Set([...others, ...secretValues(before), ...secretValues(after)]);
  const masked = (side: JsonObject | undefined, other: JsonObject | undefined, words: Words): JsonObject | undefined =>
    side === undefined ? undefined : (against(side, other, { words, values }) as JsonObject);
  return {
    before: masked(before, after, { same: 'unchanged', differs: 'stored', alone: 'removed' }),
    after: masked(after, before, { same: 'unchanged', differs: 'changed', alone: 'added' }),
  };
}

/** Masks the annotations of a work for people to read: they may hold copies of its Secrets, or of any. */
export function maskAnnotations(
  annotations: Readonly<Record<string, string>>,
  manifests: readonly JsonObject[],
): Readonly<Record<string, string>> {
  const values = secretValues(manifests);
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [name, isCopy(name, text, false, values) ? maskText : text]),
  );
}

/** What a mask says of a value; without words, nothing. */
interface Words {
  readonly same: string | undefined;
  readonly differs: string | undefined;
  readonly alone: string | undefined;
}

interface Masking {
  readonly words: Words;
  /** Those of all Secrets of both sides, wherever they stand. */
  readonly values: ReadonlySet<string>;
}

/** Walks both sides at once; a Secret that has no counterpart at its place is masked as all alone. */
function against(value: JsonValue, other: JsonValue | undefined, masking: Masking, inSecret = false): JsonValue {
  const { words, values } = masking;
  if (Array.isArray(value)) {
    const others: readonly JsonValue[] = Array.isArray(other) ? (other as readonly JsonValue[]) : [];
    return value.map((item: JsonValue, index) => against(item, others[index], masking));
  }
  if (!isJsonObject(value)) return value;
  const counterpart = isJsonObject(other) ? other : {};
  return mapMembers(value, (key, member) => {
    const twin = counterpart[key];
    if (isSecretMember(value, key)) return maskEach(member, twin, words);
    if (key === lastApplied) return maskOne(member, twin, words);
    if (textMaps.includes(key))
      return maskEach(member, twin, words, (name, text) => isCopy(name, text, inSecret, values));
    return against(member, twin, masking, key === 'metadata' && isSecretKind(value['kind']));
  });
}

/** Whether a text of a map beside the data gives a Secret away. */
function isCopy(name: string, text: JsonValue, inSecret: boolean, values: ReadonlySet<string>): boolean {
  if (name === lastApplied) return true;
  if (typeof text !== 'string') return inSecret;
  const looked = inSecret ? values : new Set([...values].filter((value) => value.length >= shortestValue));
  return givesAway(text, { values: looked, besideData: inSecret });
}

/** Masks each member of a map that is to be, or the whole when it is no map: an odd `data` is no less secret. */
function maskEach(
  member: JsonValue,
  twin: JsonValue | undefined,
  words: Words,
  masks: (name: string, text: JsonValue) => boolean = () => true,
): JsonValue {
  if (member === null) return null;
  if (!isJsonObject(member)) return masks('', member) ? maskOne(member, twin, words) : member;
  return mapMembers(member, (name, text) => {
    if (!masks(name, text)) return text;
    return maskOne(text, isJsonObject(twin) && Object.hasOwn(twin, name) ? twin[name] : undefined, words);
  });
}

function maskOne(secret: JsonValue, twin: JsonValue | undefined, words: Words): string {
  if (twin === undefined) return mask(words.alone);
  return mask(canonicalJson(twin) === canonicalJson(secret) ? words.same : words.differs);
}

function mapMembers(object: JsonObject, map: (key: string, member: JsonValue) => JsonValue): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(object)) {
    if (member !== undefined) setMember(members, key, map(key, member));
  }
  return members;
}

function mask(word: string | undefined): string {
  return word === undefined ? maskText : `(masked by maestro-cli: ${word})`;
}
