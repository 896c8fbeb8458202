import { gunzipSync } from 'node:zlib';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { JsonPath } from './yaml/json-path.ts';

/** The members of a Secret whose values are secret; their keys are not. */
const secretMembers: readonly string[] = ['data', 'stringData'];

/** A copy of an object holds `data` or `stringData` as a member, in JSON or in YAML. */
const dataMember = /(?:^|[\s{,"'\\])(?:data|stringData)\\*["']?\s*:/;
const secretMember = /kind\\*["']?\s*:\s*\\*["']?Secret\b/;

/** How often a text may be wrapped in another: base64 of gzip of JSON in JSON. */
const deepestWrapping = 4;

const longestUnpacked = 4 * 1024 * 1024;

/** Whether feedback of an object of this kind, and its annotations, can hold what must not be read. */
export function isSecretKind(kind: JsonValue | undefined): boolean {
  return kind === 'Secret';
}

/** Whether this member of an object is the data of a Secret. */
export function isSecretMember(object: JsonObject, key: string): boolean {
  return isSecretKind(object['kind']) && secretMembers.includes(key);
}

/** Whether a place in a value is in the data of a Secret or in its annotations, whose texts no message may repeat. */
export function isSecretPlace(root: JsonValue, path: JsonPath): boolean {
  let value: JsonValue | undefined = root;
  let inSecret = false;
  for (const step of path) {
    if (isJsonObject(value)) {
      if (isSecretMember(value, String(step)) || (inSecret && step === 'annotations')) return true;
      inSecret = step === 'metadata' && isSecretKind(value['kind']);
    }
    value = (value as Readonly<Record<string | number, JsonValue>> | null | undefined)?.[step];
  }
  return false;
}

/** The values of every Secret in a value, as they are written and decoded; empty ones give nothing away. */
export function secretValues(value: JsonValue | undefined, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) secretValues(item, found);
  if (!isJsonObject(value)) return found;
  for (const key of Object.keys(value)) {
    if (isSecretMember(value, key)) collectTexts(value[key], found);
    else secretValues(value[key], found);
  }
  return found;
}

function collectTexts(value: JsonValue | undefined, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value as readonly JsonValue[]) collectTexts(item, found);
  else if (isJsonObject(value)) for (const member of Object.values(value)) collectTexts(member, found);
  else if (typeof value === 'string' && value !== '') addText(value, found);
  else if (typeof value === 'number' || typeof value === 'bigint') found.add(value.toString());
}

function addText(text: string, found: Set<string>): void {
  found.add(text);
  const decoded = fromBase64(text)?.toString('utf8');
  if (decoded !== undefined && decoded !== '') found.add(decoded);
}

/** What is looked for in a text that stands beside Secrets. */
export interface SecretTraces {
  readonly values: ReadonlySet<string>;
  /**
   * Any member called `data` or `stringData` makes a text the copy of a Secret; else `kind: Secret` has to stand there
   * too.
   */
  readonly besideData: boolean;
}

/**
 * Whether a text gives a Secret away: it holds one of its values, or reads like
 * a copy of a whole Secret; plain, escaped, in base64 or in gzip, in any order.
 */
export function givesAway(text: string, { values, besideData }: SecretTraces): boolean {
  return readings(text).some((reading) => {
    if (dataMember.test(reading) && (besideData || secretMember.test(reading))) return true;
    for (const value of values) if (reading.includes(value)) return true;
    return false;
  });
}

/** The text, and what its parts say when they are unescaped, decoded and unpacked. */
function readings(text: string): readonly string[] {
  const found = new Set<string>();
  let wrapped: readonly string[] = [text];
  for (let depth = 0; depth <= deepestWrapping && wrapped.length > 0; depth += 1) {
    const inside = new Set<string>();
    for (const each of wrapped) {
      if (found.has(each)) continue;
      found.add(each);
      for (const part of unwrapped(each)) inside.add(part);
    }
    wrapped = [...inside];
  }
  return [...found];
}

function unwrapped(text: string): readonly string[] {
  const unescaped = text.includes('\\') ? [unescape(text)] : [];
  const percent = /%[0-9a-fA-F]{2}/.test(text) ? [text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, decodePercent)] : [];
  // Folded base64 has breaks in it, and an encoded text may stand within another.
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
  const whole = /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/.test(text) ? [text.replaceAll(/\s/g, '')] : [];
  const decoded = [...runs, ...whole].flatMap((run) => fromBase64(run) ?? []).map((bytes) => textOf(bytes));
  return [...unescaped, ...percent, ...decoded.filter((reading) => reading !== undefined)];
}

/** Bytes as text; undefined for what is neither text nor gzip of text. */
function textOf(bytes: Buffer): string | undefined {
  const packed = bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = packed ? unpack(bytes) : bytes;
  const text = plain.toString('utf8');
  // The replacement character may be one of the text's own.
  return text.includes('\uFFFD') && !Buffer.from(text).equals(plain) ? undefined : text;
}

/** What cannot be unpacked is nobody's to read either; what is too long counts as a copy, since it may be one. */
function unpack(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: longestUnpacked });
  } catch (error) {
    const tooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return Buffer.from(tooLong ? 'kind: Secret\ndata:' : '');
  }
}

function fromBase64(text: string): Buffer | undefined {
  const bare = text.replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(bare) ? Buffer.from(bare, 'base64') : undefined;
}

const letterEscapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Escapes of JSON, which YAML and Go share. */
function unescape(text: string): string {
  const pattern = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs;
  return text.replaceAll(
    pattern,
    (_whole, long: string | undefined, short: string | undefined, letter: string | undefined) => {
      const code = long ?? short;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return letterEscapes[letter ?? ''] ?? letter ?? '';
    },
  );
}

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}
