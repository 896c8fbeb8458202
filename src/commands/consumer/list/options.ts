import { callTimeoutMs, connectionOptions, waitTimeoutMs } from '../../../command-line/connection-options.ts';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../../core/label-selector.ts';
import { MaestroError } from '../../../errors.ts';
import { readOutput, type OutputOption } from '../../../output/output-option.ts';
import { parseSortBy, type SortBy } from '../../shared/table/sort-option.ts';
import { chosenColumns, type ChosenColumns } from '../../shared/table/table-options.ts';
import { consumerColumnNames, consumerColumns, type ConsumerColumnName } from '../shared/columns.ts';

export const consumerListOutputs = ['table', 'wide', 'json', 'yaml', 'name'] as const;
export type ConsumerListFormat = (typeof consumerListOutputs)[number];

export const consumerSortKeys = ['name', 'works', 'state', 'last-report', 'age'] as const;
export type ConsumerSortKey = (typeof consumerSortKeys)[number];

export interface ConsumerListOptions extends ConnectionOptions {
  readonly selector: LabelSelector;
  readonly output: OutputOption<ConsumerListFormat>;
  readonly table: ChosenColumns<ConsumerColumnName>;
  readonly headers: boolean;
  readonly sortBy: SortBy<ConsumerSortKey>;
  /** All works are read, once, because something that is shown or sorted by is made of them. */
  readonly withWorks: boolean;
}

export function parseConsumerList(input: ParseInput): ConsumerListOptions {
  const flags = flagReader(input);
  const selector = flags.text('selector');
  const output = readOutput(flags.text('output'), consumerListOutputs);
  const table = chosenColumns(flags, consumerColumnNames, output.format);
  const sortBy = parseSortBy(flags.text('sortBy') ?? 'name', consumerSortKeys);
  const named = table.columns?.find((name) => consumerColumns[name].ofWorks);
  const sorted = needsWorks(sortBy);
  const without = input.flags['works'] === false;
  if (without && (named !== undefined || sorted)) {
    const what = named === undefined ? '--sort-by' : `the column ${named}`;
    throw new MaestroError('usage', `${what} is made of works, and --no-works reads none; leave one out`);
  }
  const withWorks = !without && (sorted || (table.columns === undefined ? showsWorks(output) : named !== undefined));
  return {
    selector: selector === undefined ? [] : parseLabelSelector(selector),
    output,
    table,
    headers: input.flags['headers'] !== false,
    sortBy,
    withWorks,
    // Reading all works of a large fleet takes longer than a call.
    ...connectionOptions(input, withWorks ? waitTimeoutMs : callTimeoutMs),
  };
}

function showsWorks(output: OutputOption<ConsumerListFormat>): boolean {
  if (output.format === 'name') return false;
  if (output.format === 'custom-columns' || output.format === 'jsonpath') return namesWorks(output);
  return true;
}

function needsWorks(by: SortBy<ConsumerSortKey>): boolean {
  return 'key' in by ? by.key !== 'name' && by.key !== 'age' : namesWorks(by.steps);
}

/** Whether paths name what is made of works. */
function namesWorks(paths: unknown): boolean {
  return /"name":"(?:works|lastReport)"/.test(JSON.stringify(paths));
}
