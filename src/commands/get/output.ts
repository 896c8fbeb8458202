import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Context } from '../../context.ts';
import { printWork, type WorkListOptions } from '../../output/work-list.ts';
import { fieldText, type Field } from './field.ts';

/** Prints a work in the form that was asked for, or one value of it by itself. */
export async function printGot(
  bundle: ResourceBundle,
  field: Field | undefined,
  options: Omit<WorkListOptions, 'oneConsumer'>,
  context: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<void> {
  if (field === undefined) return printWork(bundle, { ...options, oneConsumer: true }, context);
  const facts = { source: options.sourceOf(bundle), wallMs: context.clock.wallMs() };
  context.stdout.write(fieldText(field, bundle, facts), 'data');
}
