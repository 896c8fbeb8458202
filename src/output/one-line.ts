import { textWidth } from '../core/text-width.ts';

/**
 * Cuts text to a number of terminal columns, with an ellipsis in the last one
 * when something was lost. A character that is two columns wide, or made of
 * several code points, is kept whole or dropped whole.
 */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return columns <= 0 ? '' : `${startOfWidth(text, columns - 1)}…`;
}

/** As much of the beginning of a text as fits into so many columns, by whole characters. */
export function startOfWidth(text: string, columns: number): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text.slice(0, columns);
  let kept = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept;
}

/** Fills text up with spaces to a number of terminal columns. */
export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}
