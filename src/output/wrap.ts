import { textWidth } from '../core/text-width.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth } from './one-line.ts';

/**
 * A text in lines of at most so many columns, broken between words; a word that is longer stands on a line of its own.
 *
 * @param columns Infinity: one line
 */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * The same in lines none of which is wider: what does not fit is cut.
 *
 * @param most of so many lines at most
 */
export function wrapToWidth(text: string, columns: number, most: number): readonly string[] {
  const lines = wrapped(text, columns);
  const last = lines.slice(most - 1).join(' ');
  return [...lines.slice(0, most - 1), ...(lines.length < most ? [] : [last])].map((line) => cutToWidth(line, columns));
}
