import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import { setMember } from './yaml/members.ts';

/** What stands in the place of a Secret's value in everything that people read. */
export const maskText = '(masked by maestro-cli)';

/** The members of a Secret whose values are secret; their keys are not. */
const secretMembers: readonly string[] = ['data', 'stringData'];

/** kubectl keeps the whole object here, its values included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Whether a text is one that maestro-cli wrote in the place of a Secret's
 * value. Such a text must never be applied: it would replace the real one.
 */
export function isMaskText(text: string): boolean {
  return /^\(masked by maestro-cli(: [a-z]+)?\)$/.test(text);
}

/**
 * The same value with the values of every Secret in it masked, at any depth
 * (a Secret in a List, or in a ManifestWork). Keys stay, so that a reader sees
 * what there is; a mask tells nothing of the value, not even its length.
 */
export function maskSecrets(value: JsonValue): JsonValue {
  return mapSecrets(value, (member) => maskEach(member, () => maskText));
}

/**
 * Both sides of a comparison, masked: every value says on both sides whether
 * it is `unchanged`, on the side where it differs `stored` before and
 * `changed` after, and `removed` or `added` when only one side has it. The two
 * sides differ in text exactly where the values do.
 */
export function maskSecretPair(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): { readonly before: JsonObject | undefined; readonly after: JsonObject | undefined } {
  return {
    before: before === undefined ? undefined : maskedAgainst(before, after, { same: 'unchanged', differs: 'stored', alone: 'removed' }),
    after: after === undefined ? undefined : maskedAgainst(after, before, { same: 'unchanged', differs: 'changed', alone: 'added' }),
  };
}

/** Masks one annotation or label map of people's reading: kubectl's copy of an object may hold anything. */
export function maskAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!Object.hasOwn(annotations, lastApplied)) return annotations;
  return { ...annotations, [lastApplied]: maskText };
}

/** Whether feedback of an object of this kind can hold what must not be read. */
export function isSecretKind(kind: string): boolean {
  return kind === 'Secret';
}

interface Words {
  readonly same: string;
  readonly differs: string;
  readonly alone: string;
}

function maskedAgainst(value: JsonObject, other: JsonObject | undefined, words: Words): JsonObject {
  return against(value, other, words) as JsonObject;
}

/** Walks both sides at once; a Secret that has no counterpart at its place is masked as all alone. */
function against(value: JsonValue, other: JsonValue | undefined, words: Words): JsonValue {
  if (Array.isArray(value)) {
    const others: readonly JsonValue[] = Array.isArray(other) ? (other as readonly JsonValue[]) : [];
    return value.map((item: JsonValue, index) => against(item, others[index], words));
  }
  if (!isJsonObject(value)) return value;
  const counterpart = isJsonObject(other) ? other : {};
  return mapMembers(value, (key, member) => {
    if (!holdsSecret(value, key)) return against(member, counterpart[key], words);
    const inOther = counterpart[key];
    return maskEach(member, (secret, name) => {
      const twin = name === undefined ? inOther : isJsonObject(inOther) && Object.hasOwn(inOther, name) ? inOther[name] : undefined;
      if (twin === undefined) return word(words.alone);
      return word(canonicalJson(twin) === canonicalJson(secret) ? words.same : words.differs);
    });
  });
}

function mapSecrets(value: JsonValue, mask: (member: JsonValue) => JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapSecrets(item, mask));
  if (!isJsonObject(value)) return value;
  return mapMembers(value, (key, member) => (holdsSecret(value, key) ? mask(member) : mapSecrets(member, mask)));
}

/** `data` and `stringData` of a Secret, and kubectl's copy of an object wherever it stands. */
function holdsSecret(object: JsonObject, key: string): boolean {
  if (key === lastApplied) return true;
  return typeof object['kind'] === 'string' && isSecretKind(object['kind']) && secretMembers.includes(key);
}

/** Masks each member of a map, or the whole when it is none: an odd `data` is no less secret. */
function maskEach(member: JsonValue, mask: (secret: JsonValue, name?: string) => string): JsonValue {
  if (member === null) return null;
  if (!isJsonObject(member)) return mask(member);
  return mapMembers(member, (name, secret) => mask(secret, name));
}

function mapMembers(object: JsonObject, map: (key: string, member: JsonValue) => JsonValue): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(object)) {
    if (member !== undefined) setMember(members, key, map(key, member));
  }
  return members;
}

function word(text: string): string {
  return `(masked by maestro-cli: ${text})`;
}
