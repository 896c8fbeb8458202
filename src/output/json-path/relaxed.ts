import { toWireJson, type JsonValue } from '../../core/json.ts';
import { oneLineInPlace } from '../../core/shown-text.ts';
import { textWidth } from '../../core/text-width.ts';
import { MaestroError } from '../../errors.ts';
import { parsePath, PathFault } from './parse-path.ts';
import type { Step } from './path.ts';

/**
 * Reads one path as kubectl takes it in --sort-by and custom columns: with or without braces, with or without the first
 * dot.
 *
 * @param what names the place it was written in, for the error
 * @throws MaestroError usage with a caret under the place
 */
export function parseRelaxedPath(text: string, what: string): readonly Step[] {
  const braced = /^\{(.*)\}$/s.exec(text);
  const inner = braced?.[1] ?? text;
  const dotless = inner !== '' && !/^[.$@[]/.test(inner);
  try {
    return parsePath(dotless ? `.${inner}` : inner);
  } catch (error) {
    if (!(error instanceof PathFault)) throw error;
    const at = Math.max(0, error.column - 1 - (dotless ? 1 : 0) + (braced === null ? 0 : 1));
    const line = oneLineInPlace(text);
    throw new MaestroError(
      'usage',
      `${what} does not parse: ${error.message}\n  ${line}\n  ${' '.repeat(textWidth(line.slice(0, at)))}^`,
      { hint: 'Write a path as kubectl does: .metadata.name or .metadata.labels.app\\.kubernetes\\.io/name.' },
    );
  }
}

/** A value as one text: strings as they are, the rest as JSON. */
export function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : toWireJson(value);
}
