/**
 * How deep JSON may nest, measured on its text by a loop before anything walks
 * it: our walks call themselves once a level, and a text of 30 KB can nest
 * deeper than the stack is high.
 */

/** Levels of objects and lists that an input file, an object of a cluster or a report may nest. */
export const deepestNesting = 500;

/** The same for a resource bundle, which wraps its manifests into an object and a list. */
export const deepestBundle = deepestNesting + 2;

/**
 * Values that one text may hold. Each costs some dozens of bytes, so that a text
 * of a few megabytes could take hundreds; a page of a list is read row by row.
 */
export const mostValues = 500_000;
/** A text that is shorter cannot hold so many: each takes two characters. */
const fewCharacters = 2 * mostValues;

/** A text nests deeper, or holds more values, than it may. It was not parsed. */
export class JsonLimitError extends Error {
  readonly limit: 'levels' | 'values';

  constructor(limit: 'levels' | 'values', most: number) {
    super(limit === 'levels' ? `nested more than ${most} levels deep` : `longer than ${most} values`);
    this.name = 'JsonLimitError';
    this.limit = limit;
  }
}

/** @throws JsonLimitError for what nests deeper, or holds too many values */
export function checkLimits(text: string, levels: number): void {
  if (nestsDeeper(text, levels)) throw new JsonLimitError('levels', levels);
  if (text.length > fewCharacters && holdsMore(text, mostValues)) throw new JsonLimitError('values', mostValues);
}

function holdsMore(text: string, most: number): boolean {
  return valuesIn(text, most) > most;
}

/** So many commas and brackets, which is about how many values it has; counted no further than one more than `most`. */
function valuesIn(text: string, most = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === comma || isOpening(code)) count += 1;
  }
  return count;
}

/** As deep as an object says what it is about: `{"metadata":{"name":…,"finalizers":[…]}}`. */
const levelsOfIdentity = 3;

/**
 * What of a text that broke a limit may be read, for what it is about: nothing
 * that is too deep, and of one with too many values no more than says whose it is.
 *
 * @param wrapping levels around the object that the text is about
 */
export function readablePart(text: string, levels: number, wrapping = 0): string {
  const shallow = withoutDeepParts(text, levels);
  if (!holdsMore(shallow, mostValues)) return shallow;
  const left = levelsOfIdentity + wrapping;
  return withoutLongParts(withoutDeepParts(text, left), left);
}

/**
 * Null for each object or list on the deepest level from which on there would be too many values; metadata comes first.
 */
function withoutLongParts(text: string, deepest: number): string {
  const parts: string[] = [];
  let [depth, keptFrom, left] = [0, 0, mostValues / 2];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isClosing(code)) depth -= 1;
    else if (isOpening(code) && depth + 1 < deepest) depth += 1;
    else if (isOpening(code)) {
      const end = endOfContainer(text, at);
      if (end === -1) break;
      const values = valuesIn(text.slice(at, end));
      if (values > left) {
        parts.push(text.slice(keptFrom, at), 'null');
        keptFrom = end;
      } else left -= values;
      at = end - 1;
    }
  }
  parts.push(text.slice(keptFrom));
  return parts.join('');
}

/** A part of a text: from its first character up to, not including, its end. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

const [quote, comma, backslash] = [0x22, 0x2c, 0x5c];

function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

/** Whether a JSON text, or the beginning of one, opens more than so many levels at once. */
export function nestsDeeper(text: string, levels: number): boolean {
  if (!opensMore(text, levels)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isClosing(code)) depth -= 1;
    else if (isOpening(code)) {
      depth += 1;
      if (depth > levels) return true;
    }
  }
  return false;
}

/** A look at the brackets alone, inside of strings too: nearly every text has fewer, and searching for them is fast. */
function opensMore(text: string, levels: number): boolean {
  // Each level takes two characters.
  if (text.length <= 2 * levels) return false;
  let left = levels;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      left -= 1;
      if (left < 0) return true;
    }
  }
  return false;
}

/** The same text with null for whatever nests deeper, to tell at least what it is about. */
export function withoutDeepParts(text: string, levels: number): string {
  const parts: string[] = [];
  let [depth, keptFrom] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isOpening(code)) {
      depth += 1;
      if (depth === levels + 1) parts.push(text.slice(keptFrom, at), 'null');
    } else if (isClosing(code)) {
      depth -= 1;
      if (depth === levels) keptFrom = at + 1;
    }
  }
  parts.push(text.slice(keptFrom));
  return parts.join('');
}

/** The place behind the object or list that begins at `start`; -1 when the text ends before. */
export function endOfContainer(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isOpening(code)) depth += 1;
    else if (isClosing(code)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/**
 * The place of the quote that ends the string whose first quote is at `start`; the end of the text when it has none.
 */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === backslash) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

/**
 * Where the objects of a list are, `{…,"items":[{…},…],…}`, however it is laid out. None when the text has no such
 * member.
 */
export function* itemsIn(text: string): Generator<TextRange> {
  const first = startOfItems(text);
  if (first === -1) return;
  for (let at = first; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (isClosing(code)) return;
    else if (isOpening(code)) {
      const end = endOfContainer(text, at);
      if (end === -1) return;
      yield { start: at, end };
      at = end - 1;
    }
  }
}

/** Behind the bracket that opens the items; -1 without. */
function startOfItems(text: string): number {
  const opening = /\s*:\s*\[/y;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isOpening(code)) depth += 1;
    else if (isClosing(code)) depth -= 1;
    else if (code === quote) {
      const end = endOfString(text, at);
      opening.lastIndex = end + 1;
      if (depth === 1 && text.slice(at + 1, end) === 'items' && opening.test(text)) return opening.lastIndex;
      at = end;
    }
  }
  return -1;
}
