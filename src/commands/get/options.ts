import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { oneWorkAddress } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { MaestroError } from '../../errors.ts';
import { readOutput, type OutputOption } from '../../output/output-option.ts';
import { workColumnNames, type WorkColumnName } from '../../output/work-columns.ts';
import { chosenColumns, type ChosenColumns } from '../shared/table/table-options.ts';
import { parseField, type Field } from './field.ts';

export const getOutputs = ['yaml', 'json', 'manifestwork', 'table', 'wide', 'name'] as const;

export interface GetOptions extends ConnectionOptions {
  readonly address: WorkAddress;
  readonly output: OutputOption<(typeof getOutputs)[number]>;
  readonly table: ChosenColumns<WorkColumnName>;
  readonly headers: boolean;
  /** Only this value of the work. */
  readonly field?: Field;
}

export function parseGet(input: ParseInput): GetOptions {
  const flags = flagReader(input);
  const format = flags.text('output');
  const field = flags.text('field');
  const table = chosenColumns(flags, workColumnNames, format);
  const isTable = table.columns !== undefined || table.labelKeys.length > 0 || table.showLabels;
  if (field !== undefined && (format !== undefined || isTable))
    throw new MaestroError('usage', '--field prints one value by itself; leave -o and the columns of tables out');
  return {
    address: oneWorkAddress(input),
    // Who names columns wants a table.
    output: readOutput(format ?? (isTable ? 'table' : undefined), getOutputs),
    table,
    ...(field === undefined ? {} : { field: parseField(field) }),
    headers: input.flags['headers'] !== false,
    ...connectionOptions(input, callTimeoutMs),
  };
}
