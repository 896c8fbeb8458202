import { oneLineInPlace } from '../shown-text.ts';
import { textWidth } from '../text-width.ts';
import type { Place } from './place.ts';

/** Columns of a line that are shown around a place in it; with the number of the line it fits into 80. */
const shownColumns = 64;
/** Shown before the place, so that it can be told what it is part of. */
const columnsBefore = 40;

/** A text that holds a Secret, or something that is called like one. */
const secretive = /\bkind["']?\s*:\s*["']?Secret\b|stringData|PRIVATE KEY|\bpassw(?:or)?d\b|\btoken\b/i;

/**
 * The line of a place with a caret below it, as compilers show it:
 *
 *     12 |   name: [a
 *        |         ^
 *
 * Tabs and control characters become blanks, one for each, and of a long line only what is around the place is shown.
 * Of a text in which there may be a Secret no value is shown, wherever the place is.
 *
 * @param hidden no value is shown of any text: of files that hold endpoints and credentials
 */
export function excerptAt(text: string, { line, column }: Place, hidden = false): string {
  const start = startOfLine(text, line);
  const end = text.indexOf('\n', start);
  const raw = text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
  const at = Math.min(column - 1, raw.length);
  const shown = hidden || secretive.test(text) ? masked(raw, at) : { line: raw, at };
  const { part, before } = window(oneLineInPlace(shown.line), shown.at);
  const number = String(line);
  return `${number} | ${part}\n${' '.repeat(number.length)} | ${' '.repeat(before)}^`;
}

function startOfLine(text: string, line: number): number {
  let start = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return start;
    start = end + 1;
  }
  return start;
}

/** Keeps what stands before the first value, with a key when there is one; a line of a longer value has none. */
function masked(line: string, at: number): { readonly line: string; readonly at: number } {
  const key = /^[\s\-?{[,]*(?:"[\w./-]+"|'[\w./-]+'|[\w./-]+)\s*:(?=\s|$|["'{[])\s*/.exec(line)?.[0];
  const kept = key ?? /^\s*/.exec(line)?.[0] ?? '';
  if (kept.length >= line.length) return { line, at };
  return { line: `${kept}***`, at: Math.min(at, kept.length) };
}

/** Code units on either side of a place that are looked at: a line may be a whole file. */
const reach = 400;

/** The part of a line around a place, and how many columns of it stand before the place. */
function window(whole: string, place: number): { readonly part: string; readonly before: number } {
  const begin = Math.max(0, place - reach);
  const line = whole.slice(begin, place + reach);
  const at = place - begin;
  // From the place outwards, since the width of a long text with many wide characters takes milliseconds.
  let from = at;
  while (from > 0 && textWidth(line.slice(from - 1, at)) <= columnsBefore) from -= 1;
  let to = line.length;
  if (textWidth(line.slice(from)) > shownColumns) {
    to = at;
    while (to < line.length && textWidth(line.slice(from, to + 1)) <= shownColumns) to += 1;
  }
  // Half a character is none.
  if (/[\uDC00-\uDFFF]/.test(line[from] ?? '')) from += 1;
  if (/[\uD800-\uDBFF]/.test(line[to - 1] ?? '')) to -= 1;
  const lead = begin + from > 0 ? '…' : '';
  return {
    part: `${lead}${line.slice(from, to)}${begin + to < whole.length ? '…' : ''}`,
    before: lead.length + textWidth(line.slice(from, at)),
  };
}
