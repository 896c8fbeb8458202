import type { JsonValue } from '../core/json.ts';
import { MaestroError } from '../errors.ts';
import { valuesAt, type Step } from './json-path/path.ts';
import { parseRelaxedPath, valueText } from './json-path/relaxed.ts';

/** A column that a user made of a path into the document. */
export interface CustomColumn {
  readonly header: string;
  readonly steps: readonly Step[];
}

/** What kubectl prints where a path leads nowhere. */
const nothingThere = '<none>';

const hint = 'Write it as kubectl does: -o custom-columns=NAME:.metadata.name,VERSION:.metadata.generation.';

/**
 * Reads `HEADER:path,HEADER:path`. A comma within brackets or quotes belongs to its path.
 *
 * @throws MaestroError usage
 */
export function parseCustomColumns(text: string): readonly CustomColumn[] {
  if (text === '') throw new MaestroError('usage', '-o custom-columns= needs columns', { hint });
  return splitColumns(text).map((column) => {
    const at = column.indexOf(':');
    const header = column.slice(0, at).trim();
    const path = column.slice(at + 1).trim();
    if (at < 0 || header === '' || path === '')
      throw new MaestroError('usage', `the custom column "${column}" is not HEADER:path`, { hint });
    return { header, steps: parseRelaxedPath(path, `the path of the custom column ${header}`) };
  });
}

/**
 * Reads a file of columns: headers in the first line, a path under each in the second.
 *
 * @param file as the user named it
 * @throws MaestroError usage
 */
export function parseCustomColumnsFile(text: string, file: string): readonly CustomColumn[] {
  const [headers = [], paths = [], ...more] = text
    .split('\n')
    .map((line) => line.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
  if (headers.length === 0 || headers.length !== paths.length || more.length > 0) {
    throw new MaestroError(
      'usage',
      `${file} is no file of columns: it needs a line of headers and a line of as many paths`,
      {
        hint: 'For example "NAME VERSION" and below it ".metadata.name .metadata.generation".',
      },
    );
  }
  return headers.map((header, index) => ({
    header,
    steps: parseRelaxedPath(paths[index] ?? '', `the path of the column ${header} in ${file}`),
  }));
}

/** What stands in a cell: several values with commas between them. */
export function customCell({ steps }: CustomColumn, document: JsonValue): string {
  const texts = valuesAt(steps, document, document).map((value) => (value === null ? nothingThere : valueText(value)));
  return texts.length === 0 ? nothingThere : texts.join(',');
}

/** Cuts at commas that stand neither in brackets nor in quotes. */
function splitColumns(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  let quote: string | undefined;
  for (const character of text) {
    if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (depth > 0 && (character === '"' || character === "'")) quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    if (character === ',' && depth === 0 && quote === undefined) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
