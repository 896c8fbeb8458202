import type { JsonValue } from '../../src/core/json.ts';
import { readDocuments, type ReadOptions } from '../../src/core/yaml/read-documents.ts';
import { MaestroError } from '../../src/errors.ts';

/** The values of all documents of a text. */
export function valuesOf(text: string, options?: ReadOptions): readonly JsonValue[] {
  return readDocuments(text, 'f', options).map(({ value }) => value);
}

/** The error that a text is refused with. */
export function refusalOf(text: string, file = 'f'): MaestroError {
  try {
    readDocuments(text, file);
  } catch (caught) {
    return MaestroError.from(caught);
  }
  throw new Error(`accepted ${JSON.stringify(text.slice(0, 100))}`);
}

/** What is said of a text that is refused, line by line, each with its place: `2:1: key "a" already set`. */
export function mistakesIn(text: string): readonly string[] {
  return refusalOf(text)
    .message.split('\n')
    .map((line) => line.replace(/^f:/, ''));
}
