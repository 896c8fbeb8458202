import { textWidth } from '../core/text-width.ts';

/**
 * Cuts text to a number of terminal columns, with an ellipsis in the last one
 * when something was lost. A character that is two columns wide, or made of
 * several code points, is kept whole or dropped whole.
 */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    const next = textWidth(segment);
    if (width + next > columns - 1) break;
    kept += segment;
    width += next;
  }
  return `${kept}…`;
}

/** Fills text up with spaces to a number of terminal columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/**
 * Breaks one line at its blanks into several, none wider than `columns`.
 *
 * @param most of so many lines at most; the last one is cut then
 */
export function wrapToWidth(text: string, columns: number, most: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && lines.length < most - 1 && textWidth(longer) > columns) {
      lines.push(cutToWidth(line, columns));
      line = word;
    } else line = longer;
  }
  return [...lines, cutToWidth(line, columns)];
}
