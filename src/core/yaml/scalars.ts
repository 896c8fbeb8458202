/** What a YAML scalar means, before it is a JSON value or the text of a key. */
export type ScalarValue =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string };

/** A scalar as it stands in the file. */
export interface ScalarSource {
  readonly text: string;
  /** Neither quoted nor a block scalar. */
  readonly plain: boolean;
  /** The full tag (`tag:yaml.org,2002:int`), undefined when there is none. */
  readonly tag: string | undefined;
}

/** A scalar that kubectl's reader refuses; becomes a problem with a place. */
export class ScalarError extends Error {}

const core = 'tag:yaml.org,2002:';

const words: ReadonlyMap<string, ScalarValue> = new Map([
  ...['', '~', 'null', 'Null', 'NULL'].map((word): [string, ScalarValue] => [word, { type: 'null' }]),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word): [string, ScalarValue] => [
    word,
    { type: 'bool', value: true },
  ]),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word): [string, ScalarValue] => [
    word,
    { type: 'bool', value: false },
  ]),
  ...['.nan', '.NaN', '.NAN'].map((word): [string, ScalarValue] => [word, { type: 'float', value: Number.NaN }]),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word): [string, ScalarValue] => [
    word,
    { type: 'float', value: Number.POSITIVE_INFINITY },
  ]),
  ...['-.inf', '-.Inf', '-.INF'].map((word): [string, ScalarValue] => [
    word,
    { type: 'float', value: Number.NEGATIVE_INFINITY },
  ]),
]);

const integer = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
/** A float without a leading digit; here underscores are kept to places between digits. */
const fraction = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?)?$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const least = -(2n ** 63n);
const greatest = 2n ** 64n - 1n;
const greatestSigned = 2n ** 63n - 1n;

/**
 * Resolves one scalar as kubectl's reader does: YAML 1.1 words, integers of 64
 * bits in five notations, and everything else text (recordings/yaml-go-corpus.json).
 * Throws ScalarError where that reader refuses.
 */
export function resolveScalar(source: ScalarSource): ScalarValue {
  const { text, tag } = source;
  if (tag === undefined) return source.plain ? resolvePlain(text) : { type: 'string', value: text };
  switch (tag) {
    case `${core}binary`:
      return { type: 'string', value: decodeBinary(text) };
    case `${core}bool`:
    case `${core}int`:
    case `${core}float`:
    case `${core}null`:
    case `${core}timestamp`:
      return asTagged(resolvePlain(text), text, tag.slice(core.length));
    default:
      return { type: 'string', value: text };
  }
}

/**
 * The text that a scalar becomes as a key of a JSON object: `yes` → "true",
 * 010 → "8". Floats go through 32 bits, as kubectl's reader has it.
 */
export function keyText(key: ScalarValue): string {
  switch (key.type) {
    case 'string':
      return key.value;
    case 'bool':
      return String(key.value);
    case 'int':
      if (key.value > greatestSigned) throw new ScalarError('a key cannot be an integer of more than 63 bits');
      return key.value.toString();
    case 'float':
      return floatKey(key.value);
    case 'null':
      throw new ScalarError('a key cannot be null');
  }
}

function resolvePlain(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (/^[-+0-9]/.test(text)) return resolveNumber(text.replaceAll('_', '')) ?? { type: 'string', value: text };
  if (fraction.test(text)) return finite(text.replaceAll('_', '')) ?? { type: 'string', value: text };
  return { type: 'string', value: text };
}

function resolveNumber(digits: string): ScalarValue | undefined {
  const match = integer.exec(digits);
  if (match !== null) {
    const [, sign = '', magnitude = ''] = match;
    const octal = /^0[0-7]+$/.test(magnitude);
    const absolute = BigInt(octal ? `0o${magnitude}` : magnitude);
    const value = sign === '-' ? -absolute : absolute;
    const limit = sign === '' ? greatest : greatestSigned;
    if (value >= least && value <= limit) return { type: 'int', value };
  }
  return float.test(digits) ? finite(digits) : undefined;
}

function finite(digits: string): ScalarValue | undefined {
  const value = Number(digits);
  return Number.isFinite(value) ? { type: 'float', value } : undefined;
}

function asTagged(resolved: ScalarValue, text: string, wanted: string): ScalarValue {
  if (resolved.type === wanted) return resolved;
  if (wanted === 'float' && resolved.type === 'int') return { type: 'float', value: Number(resolved.value) };
  if (wanted === 'timestamp' && timestamp.test(text)) return { type: 'string', value: text };
  // Its text is not repeated: it may be the value of a Secret.
  throw new ScalarError(`cannot be read as !!${wanted}`);
}

/**
 * kubectl's reader turns bytes that are no UTF-8 into U+FFFD without a word;
 * here they are refused, because the cluster would get other data.
 */
function decodeBinary(text: string): string {
  const encoded = text.replaceAll(/[\r\n]/g, '');
  if (!base64.test(encoded)) throw new ScalarError('!!binary value is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw new ScalarError('!!binary value is not UTF-8 text, so JSON cannot hold it');
  }
}

function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let digits = single.toExponential();
  for (let places = 0; places < 9; places += 1) {
    const shorter = single.toExponential(places);
    if (Math.fround(Number(shorter)) === single) {
      digits = shorter;
      break;
    }
  }
  const [mantissa = '', power = ''] = digits.split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return plainDecimal(mantissa, exponent);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plainDecimal(mantissa: string, exponent: number): string {
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replaceAll(/[-.]/g, '');
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
