import type { JsonPathFault } from './json-path-syntax.ts';

/** Ends the reading of a path that the agent cannot use. */
class Refused extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const opening = '{';
const closing = '}';
const operators: readonly string[] = ['<', '>', '==', '!=', '<=', '>='];
const greatest = 2n ** 63n - 1n;
const least = -(2n ** 63n);

/**
 * What the agent cannot do with the path of a feedback rule, and at which
 * character. It puts the path in braces and gives it to the template reader of
 * kubectl (k8s.io/client-go/util/jsonpath), which takes more than paths: texts,
 * numbers, `range`. This reads as that one does, step by step; besides it
 * refuses what fails whenever it is looked up, such as a bare word or an
 * operator that does not exist. undefined for what the agent can use.
 */
export function agentJsonPathFault(path: string): JsonPathFault | undefined {
  try {
    readTemplate(`${opening}${path}${closing}`, 0);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { message: error.message, column: Math.min(Math.max(1, error.at), path.length + 1) };
  }
}

interface Reading {
  readonly text: string;
  /** What this text begins at in the path, for messages about a part. */
  readonly offset: number;
  at: number;
  /** Where the piece that is being read began. */
  start: number;
  /** The piece before was `..`. */
  afterRecursion: boolean;
}

function readTemplate(text: string, offset: number): void {
  const reading: Reading = { text, offset, at: 0, start: 0, afterRecursion: false };
  let ranges = 0;
  while (reading.at < text.length) {
    const next = text.indexOf(opening, reading.at);
    if (next < 0) return;
    reading.at = next + 1;
    reading.start = reading.at;
    for (const word of readAction(reading)) {
      if (word.text === 'range') ranges += 1;
      else if (word.text !== 'end')
        throw new Refused(`${JSON.stringify(word.text)} is no path; a path begins with "."`, offset + word.at);
      else if (ranges === 0) throw new Refused('there is no range that this could end', offset + word.at);
      else ranges -= 1;
    }
  }
}

/** A part in braces of its own, of which only what stands before the first closing brace counts. */
function readPart(part: string, offset: number): void {
  const reading: Reading = {
    text: `${opening}${part}${closing}`,
    offset: offset - 1,
    at: 1,
    start: 1,
    afterRecursion: false,
  };
  for (const word of readAction(reading)) {
    throw new Refused(
      `${JSON.stringify(word.text)} is no value; text is quoted, and a path begins with "@"`,
      reading.offset + word.at,
    );
  }
  readTemplate(reading.text.slice(reading.at), reading.offset + reading.at);
}

interface Word {
  readonly text: string;
  readonly at: number;
}

/** Reads to the closing brace, and gives the bare words that it passed. */
function readAction(reading: Reading): readonly Word[] {
  const words: Word[] = [];
  const { text } = reading;
  for (;;) {
    if (text.startsWith(closing, reading.at)) {
      reading.at += 1;
      return words;
    }
    if (text.startsWith('[?(', reading.at)) {
      readFilter(reading);
      reading.afterRecursion = false;
      continue;
    }
    if (text.startsWith('..', reading.at)) {
      if (reading.afterRecursion) refuse(reading, 'two ".." in a row');
      reading.at += 2;
      reading.afterRecursion = !isLetterOrDigit(peek(reading));
      if (!reading.afterRecursion) skipField(reading);
      continue;
    }
    const before = reading.at;
    readPiece(reading, words);
    // Blanks and signs of the current object leave no piece behind.
    if (!' @$'.includes(text.slice(before, before + 1))) reading.afterRecursion = false;
  }
}

function readPiece(reading: Reading, words: Word[]): void {
  reading.start = reading.at;
  const character = next(reading);
  if (character === '' || character === '\n' || character === '\r') refuse(reading, 'the path is not finished');
  if (' @$'.includes(character)) return;
  if (character === '[') readBrackets(reading);
  else if (character === '"' || character === "'") readQuoted(reading, character);
  else if (character === '.') skipField(reading);
  else if (character === '+' || character === '-' || isDigit(character)) readNumber(reading);
  else if (isLetterOrDigit(character)) words.push(...readWord(reading));
  else refuse(reading, `unexpected ${JSON.stringify(character)}`);
}

/** V8 looks through all of Unicode where the expression stands, so it stands where few runs come. */
function isLetterOrDigit(character: string): boolean {
  return /^[\p{L}\p{Nd}_]$/u.test(character);
}

function isDigit(character: string): boolean {
  return /^\p{Nd}$/u.test(character);
}

function readWord(reading: Reading): readonly Word[] {
  while (!endsField(peek(reading))) next(reading);
  const text = reading.text.slice(reading.start, reading.at);
  return text === 'true' || text === 'false' ? [] : [{ text, at: reading.start }];
}

function skipField(reading: Reading): void {
  for (;;) {
    const character = peek(reading);
    if (character !== '\\' && endsField(character)) return;
    next(reading);
    if (character === '\\') next(reading);
  }
}

function readNumber(reading: Reading): void {
  while (peek(reading) === '.' || isDigit(peek(reading))) next(reading);
  const text = reading.text.slice(reading.start, reading.at);
  const value = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) refuse(reading, `${JSON.stringify(text)} is no number`);
}

function readBrackets(reading: Reading): void {
  const end = reading.text.slice(reading.at).search(/[\]\n]/);
  if (end < 0 || reading.text[reading.at + end] === '\n') refuse(reading, 'the bracket is not closed');
  const inside = reading.text.slice(reading.at, reading.at + end);
  const offset = reading.offset + reading.at;
  reading.at += end + 1;
  const parts = inside === '*' ? [':'] : inside.split(',');
  if (parts.length > 1) {
    for (const part of parts) readPart(`[${part.replaceAll(/^ +| +$/g, '')}]`, offset);
    return;
  }
  const key = /^'([^']*)'$/.exec(inside)?.[1];
  if (key !== undefined) {
    readPart(`.${key}`, offset + 1);
    return;
  }
  readSlice(inside === '*' ? ':' : inside, offset);
}

function readSlice(inside: string, offset: number): void {
  const match = /^(-?[0-9]*)(?::(-?[0-9]*))?(?::(-?[0-9]*))?$/.exec(inside);
  if (match === null) throw new Refused(`[${inside}] is no index, slice, * or key in single quotes`, offset);
  const [, from, to, step] = match;
  for (const part of [from, to, step]) {
    const isIndex =
      part === undefined || part === '' || (part !== '-' && BigInt(part) <= greatest && BigInt(part) >= least);
    if (!isIndex) throw new Refused(`[${inside}] is no index, slice, * or key in single quotes`, offset);
  }
  if (step !== undefined && step !== '' && Number(step) <= 0)
    throw new Refused('a slice has a step of 1 or more', offset);
}

function readFilter(reading: Reading): void {
  const began = reading.at;
  reading.start = began;
  reading.at += '[?('.length;
  const from = reading.at;
  skipFilter(reading);
  const inside = reading.text.slice(from, reading.at - 1);
  if (next(reading) !== ']') refuse(reading, 'a filter is written [?(@.field=="value")]');
  const offset = reading.offset + from;
  const match = /^([^!<>=]+)([!<>=]+)([^\n]+?)$/.exec(inside);
  if (match === null) {
    readPart(inside, offset);
    return;
  }
  const [, left = '', operator = '', right = ''] = match;
  readPart(left, offset);
  readPart(right, offset + left.length + operator.length);
  if (!operators.includes(operator))
    throw new Refused(`${operator} is no comparison; there are ${operators.join(', ')}`, offset + left.length);
}

/** To behind the parenthesis that closes it: one outside of the first quotes. */
function skipFilter(reading: Reading): void {
  let quote = '';
  let closed = false;
  for (;;) {
    const before = reading.text[reading.at - 1];
    const character = next(reading);
    if (character === '' || character === '\n') refuse(reading, 'the filter is not closed');
    if ((character === '"' || character === "'") && quote === '') quote = character;
    else if (character === quote && before !== '\\') closed = true;
    else if (character === ')' && (quote === '') === !closed) return;
  }
}

/** Escapes as in Go, where those of the other quote are none. */
function readQuoted(reading: Reading, quote: string): void {
  for (;;) {
    const before = reading.text[reading.at - 1];
    const character = next(reading);
    if (character === '' || character === '\n') refuse(reading, 'the text is not closed');
    if (character === quote && before !== '\\') break;
  }
  const inside = reading.text.slice(reading.start + 1, reading.at - 1);
  const longEscape = 'u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}';
  const escape = String.raw`\\(?:[abfnrtv\\${quote}]|x[0-9a-fA-F]{2}|${longEscape}|[0-3][0-7]{2})`;
  const isText = new RegExp(`^(?:[^\\\\${quote}]|${escape})*$`).test(inside);
  if (!isText || /\\U0000[dD][89a-fA-F]/.test(inside)) refuse(reading, 'the text has an escape that is none');
}

function next(reading: Reading): string {
  const character = peek(reading);
  reading.at += character.length;
  return character;
}

function peek({ text, at }: Reading): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function endsField(character: string): boolean {
  return character === '' || ' \t\r\n.,[]$@{}'.includes(character);
}

function refuse(reading: Reading, message: string): never {
  throw new Refused(message, reading.offset + reading.start);
}
