import type { ShownState } from '../../../core/status/shown-state.ts';
import { oneLineInPlace } from '../../../core/shown-text.ts';
import { textWidth } from '../../../core/text-width.ts';
import { cutToWidth, padToWidth, startOfWidth } from '../../../output/one-line.ts';

/** What a part of a line is, by which it is coloured where there is colour. The words have to tell it too. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'dim'
  /** Names of places: a server, a cluster. */
  | 'place'
  | 'good'
  | 'warn'
  | 'bad'
  | 'added'
  | 'removed'
  | { readonly state: ShownState };

/** A part of a line. Its text is fit to be shown: it came through `span`. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of a picture. */
export interface Line {
  readonly spans: readonly Span[];
  /** The line that the keys are about. A mark at its beginning tells it too. */
  readonly selected?: boolean;
}

/** A part of a line, of any text: what could steer a terminal or look like another line is made harmless. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: isPlain(text) ? text : oneLineInPlace(text), tone };
}

/** Of most texts nothing is to be changed, and each character takes one column. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** A line of parts; a text stands for a plain part. */
export function line(...parts: readonly (Span | string)[]): Line {
  return { spans: parts.map((part) => (typeof part === 'string' ? span(part) : part)) };
}

/** How many columns a line takes. */
export function widthOf({ spans }: Line): number {
  return spans.reduce((width, { text }) => width + textWidth(text), 0);
}

/** A text in exactly so many columns: blanks behind it, or what does not fit cut off with a mark at its end. */
export function fitText(text: string, columns: number): string {
  return padToWidth(cutToWidth(text, columns), columns);
}

/** A line in exactly so many columns. */
export function fitLine(whole: Line, columns: number): Line {
  const fitted: Span[] = [];
  let left = columns;
  for (const { text, tone } of whole.spans) {
    if (left <= 0) break;
    const width = textWidth(text);
    fitted.push(width <= left ? { text, tone } : { text: fitText(text, left), tone });
    left -= Math.min(width, left);
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left), tone: 'plain' });
  return { ...whole, spans: fitted };
}

/** More code units than those of any character that is seen, for each of its columns. */
const unitsPerColumn = 16;

/**
 * A text in lines of so many columns, broken at blanks where there are any: for what has to be seen whole, however long
 * it is.
 */
export function wrapText(text: string, columns: number): readonly string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let left = span(text).text;
  // What is far behind says nothing of this line, and a text may be as long as a work.
  const head = (): string => left.slice(0, width * unitsPerColumn);
  while (left.length > width * unitsPerColumn || textWidth(left) > width) {
    const part = startOfWidth(head(), width);
    const blank = part.lastIndexOf(' ');
    const whole = part === '' ? left.slice(0, 1) : part;
    const kept = left[whole.length] !== ' ' && blank > width / 2 ? whole.slice(0, blank) : whole;
    lines.push(kept.trimEnd());
    left = left.slice(kept.length).trimStart();
  }
  return [...lines, left];
}
