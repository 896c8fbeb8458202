import { isKey, type Key } from './key.ts';

/** A text that may be longer than the screen. */
export interface Scrolled {
  readonly lines: number;
  /** Lines of it that are seen at once. */
  readonly rows: number;
}

/** The first line that is seen; less than was asked for when the text has become shorter since. */
export function firstSeen(from: number, { lines, rows }: Scrolled): number {
  return Math.max(0, Math.min(from, lines - rows));
}

/**
 * Moves through a text.
 *
 * @returns the first line that is seen then; undefined for a key that moves nothing
 */
export function seenAfter(from: number, key: Key, text: Scrolled): number | undefined {
  const now = firstSeen(from, text);
  const page = Math.max(1, text.rows - 1);
  if (isKey(key, 'down', 'j')) return firstSeen(now + 1, text);
  if (isKey(key, 'up', 'k')) return firstSeen(now - 1, text);
  if (isKey(key, 'page-down', ' ')) return firstSeen(now + page, text);
  if (isKey(key, 'page-up')) return firstSeen(now - page, text);
  if (isKey(key, 'home', 'g')) return 0;
  if (isKey(key, 'end', 'G')) return firstSeen(text.lines, text);
  return undefined;
}
