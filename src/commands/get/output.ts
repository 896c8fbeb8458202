import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Context } from '../../context.ts';
import { printWork, type WorkListOptions } from '../../output/work-list.ts';
import { fieldText, type Field } from './field.ts';

/** Prints a work in the form that was asked for, or one value of it by itself. */
export async function printGot(
  bundle: ResourceBundle,
  field: Field | undefined,
  options: WorkListOptions,
  context: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<void> {
  if (field === undefined) return printWork(bundle, options, context);
  const facts = { source: options.sourceOf(bundle), wallMs: context.clock.wallMs() };
  const text = fieldText(field, bundle, facts);
  // What stands in a document is for programs too, to the letter; a cell of a table is for people.
  if ('column' in field) context.stdout.write(text);
  else context.stdout.write(text, 'data');
}
