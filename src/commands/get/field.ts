import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { oneLine } from '../../core/shown-text.ts';
import { nearest } from '../../core/works/did-you-mean.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { noColour } from '../../output/colour.ts';
import { valuesAt, type Step } from '../../output/json-path/path.ts';
import { parseRelaxedPath, valueText } from '../../output/json-path/relaxed.ts';
import { fullDocument } from '../../output/work-document.ts';
import { workColumnNames, workColumns, workRow, type WorkColumnName } from '../../output/work-columns.ts';
import { toYaml } from '../../output/yaml.ts';

/** The one value that a person wants: a column of tables, or what stands at a path of the document. */
export type Field = { readonly column: WorkColumnName } | { readonly path: string; readonly steps: readonly Step[] };

/** @throws MaestroError usage for a path that does not parse */
export function parseField(text: string): Field {
  const column = workColumnNames.find((name) => name === text);
  return column === undefined ? { path: text, steps: parseRelaxedPath(text, '--field') } : { column };
}

/**
 * The value as text with a line break at its end: a scalar as it is, several scalars a line each, an object or a list
 * as YAML.
 *
 * @throws MaestroError not-found when there is no such value
 */
export function fieldText(
  field: Field,
  bundle: ResourceBundle,
  facts: { readonly source: string; readonly wallMs: number },
): string {
  if ('column' in field) {
    const cell = workColumns[field.column].cell(workRow(bundle, { ...facts, palette: noColour }));
    return `${oneLine(typeof cell === 'string' ? cell : cell.text)}\n`;
  }
  const document = fullDocument(bundle);
  const values = valuesAt(field.steps, document, document);
  const [only] = values;
  if (only === undefined) throw notThere(field, document);
  if (values.every((value) => typeof value !== 'object' || value === null))
    return values.map((value) => `${valueText(value)}\n`).join('');
  return toYaml(values.length === 1 ? only : values);
}

/** So many names of members are told. */
const mostNames = 20;

function notThere({ path, steps }: Extract<Field, { readonly path: string }>, document: JsonValue): MaestroError {
  const last = steps.findIndex((_step, index) => valuesAt(steps.slice(0, index + 1), document, document).length === 0);
  const [parent] = valuesAt(steps.slice(0, last), document, document);
  const names = isJsonObject(parent) ? Object.keys(parent) : [];
  const wanted = nameOf(steps[last]);
  const meant = wanted === undefined ? undefined : nearest(wanted, last === 0 ? [...names, ...workColumnNames] : names);
  const there =
    names.length === 0
      ? ''
      : `There is: ${names.slice(0, mostNames).join(', ')}${names.length > mostNames ? ', …' : ''}.`;
  const hint = `${meant === undefined ? '' : `Did you mean ${meant}? `}${there}`.trim();
  return new MaestroError('not-found', `the work has no value at ${path}`, { ...(hint === '' ? {} : { hint }) });
}

function nameOf(step: Step | undefined): string | undefined {
  if (step?.kind !== 'select') return undefined;
  const [selection] = step.selections;
  return selection?.kind === 'member' ? selection.name : undefined;
}
