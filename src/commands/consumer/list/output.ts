import type { Context } from '../../../context.ts';
import type { JsonObject } from '../../../core/json.ts';
import { oneWord } from '../../../core/shown-text.ts';
import { worstFirst } from '../../../core/status/works-tally.ts';
import { byText, naturally } from '../../../core/text-order.ts';
import { openPalette } from '../../../output/colour.ts';
import { openCustomTable } from '../../../output/custom-table.ts';
import { toJson } from '../../../output/json.ts';
import { renderTemplate } from '../../../output/json-path/template.ts';
import type { ReadyOutput } from '../../../output/output-option.ts';
import { openTable, roomNote } from '../../../output/table.ts';
import { toYaml } from '../../../output/yaml.ts';
import { byPath, byValue, type Order } from '../../shared/table/sort-option.ts';
import {
  consumerColumns,
  consumerLabelColumn,
  type ConsumerColumn,
  type ConsumerColumnName,
} from '../shared/columns.ts';
import type { ConsumerRow } from '../shared/columns.ts';
import type { PrintedConsumer, PrintedConsumers } from '../shared/output.ts';
import type { ConsumerListFormat, ConsumerListOptions, ConsumerSortKey } from './options.ts';

const usual: readonly ConsumerColumnName[] = ['name', 'works', 'states', 'last-report', 'labels', 'age'];
const wide: readonly ConsumerColumnName[] = [...usual, 'id'];
/** The same columns by what a person can do without last. */
const importance: readonly ConsumerColumnName[] = ['name', 'states', 'works', 'last-report', 'age', 'labels', 'id'];

/** What of the options the output depends on; the file of columns was read. */
export type ReadyConsumerList = Pick<ConsumerListOptions, 'table' | 'headers' | 'withWorks' | 'sortBy'> & {
  readonly output: ReadyOutput<ConsumerListFormat>;
};

/**
 * Prints consumers in the order that was asked for.
 *
 * @returns what is to be said of it: columns that the terminal had no room for
 */
export async function printConsumers(
  rows: readonly ConsumerRow[],
  options: ReadyConsumerList,
  context: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<string | undefined> {
  const { stdout } = context;
  const { output } = options;
  const sorted = sortConsumers(rows, options.sortBy);
  const values: PrintedConsumers = sorted.map((row) => consumerValue(row));
  switch (output.format) {
    case 'table':
    case 'wide':
      return printTable(sorted, options, context);
    case 'json':
      stdout.write(toJson(values));
      return undefined;
    case 'yaml':
      stdout.write(toYaml(values.map((value) => documentOf(value))), 'data');
      return undefined;
    case 'name':
      stdout.write(values.map(({ name }) => `${oneWord(name)}\n`).join(''));
      return undefined;
    case 'custom-columns':
      openCustomTable(output.columns, stdout, options.headers)(values.map((value) => documentOf(value)));
      return undefined;
    case 'jsonpath':
      stdout.write(renderTemplate(output.template, { items: values.map((value) => documentOf(value)) }), 'data');
      return undefined;
  }
}

async function printTable(
  rows: readonly ConsumerRow[],
  { output, table: choice, headers, withWorks }: ReadyConsumerList,
  { stdout, clock, env }: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<string | undefined> {
  if (rows.length === 0) return undefined;
  const palette = await openPalette(stdout, env);
  const labels = [
    ...choice.labelKeys.map((key) => consumerLabelColumn(key)),
    // Such a table has them already.
    ...(choice.showLabels && choice.columns !== undefined ? [consumerColumns.labels] : []),
  ];
  const asked = (column: ConsumerColumn): ConsumerColumn => ({ ...column, asked: true });
  const usualColumns = (output.format === 'wide' ? wide : usual)
    .filter((name) => withWorks || consumerColumns[name].ofWorks !== true)
    .map((name) => ({
      ...consumerColumns[name],
      rank: importance.indexOf(name),
      ...(name === 'labels' && choice.showLabels ? { asked: true } : {}),
    }));
  const columns = [
    ...(choice.columns === undefined ? usualColumns : choice.columns.map((name) => asked(consumerColumns[name]))),
    ...labels.map((column) => asked(column)),
  ];
  const table = openTable(columns, stdout, { headers });
  const wallMs = clock.wallMs();
  table.rows(rows.map((row) => columns.map(({ cell }) => cell(row, wallMs, palette))));
  const left = table.leftOut();
  return left.length === 0 ? undefined : roomNote(left);
}

function consumerValue({ consumer, works }: ConsumerRow): PrintedConsumer {
  if (works === undefined) return consumer;
  return {
    ...consumer,
    works: works.byState,
    ...(works.reportedMs === undefined ? {} : { lastReport: new Date(works.reportedMs).toISOString() }),
  };
}

function documentOf({ works, ...value }: PrintedConsumer): JsonObject {
  return { ...value, ...(works === undefined ? {} : { works: { ...works } }) };
}

/** Sorted as wanted, then by name. */
function sortConsumers(rows: readonly ConsumerRow[], by: ConsumerListOptions['sortBy']): readonly ConsumerRow[] {
  const wanted = 'steps' in by ? byPath(rows, by.steps, (row) => documentOf(consumerValue(row))) : orders[by.key](rows);
  return [...rows].sort((left, right) => wanted(left, right) || byName(left, right));
}

const byName: Order<ConsumerRow> = (left, right) =>
  naturally(left.consumer.name, right.consumer.name) || byText(left.consumer.name, right.consumer.name);

const orders: Readonly<Record<ConsumerSortKey, (rows: readonly ConsumerRow[]) => Order<ConsumerRow>>> = {
  name: () => byName,
  /** The most first. */
  works: () => (left, right) => total(right) - total(left),
  /** Those with the most works in the worst state first. */
  state: (rows) => byValue(rows, (row) => worstFirst.map((state) => row.works?.byState[state] ?? 0), mostFirst),
  /** The longest silence first. */
  'last-report': () => (left, right) => reported(left) - reported(right),
  /** The youngest first. */
  age: () => (left, right) => Date.parse(right.consumer.createdAt) - Date.parse(left.consumer.createdAt),
};

function total({ works }: ConsumerRow): number {
  return works?.byState.total ?? 0;
}

function reported({ works }: ConsumerRow): number {
  return works?.reportedMs ?? 0;
}

function mostFirst(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((count, index) => count !== right[index]);
  return at < 0 ? 0 : (right[at] ?? 0) - (left[at] ?? 0);
}
