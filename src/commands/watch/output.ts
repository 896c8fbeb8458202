import type { Context } from '../../context.ts';
import { describeWhy } from '../../core/status/describe-state.ts';
import { shownState } from '../../core/status/shown-state.ts';
import { openPalette } from '../../output/colour.ts';
import { openCustomTable } from '../../output/custom-table.ts';
import { printedJson } from '../../output/json.ts';
import type { ReadyOutput } from '../../output/output-option.ts';
import { openTable, type Cell, type Column, type Table } from '../../output/table.ts';
import { workColumns, workRow, type WorkRow } from '../../output/work-columns.ts';
import { reportChange, type ChangeReport, type ToldChange } from '../shared/watching/change-report.ts';
import type { WatchOptions } from './options.ts';

/** More news in one line hide what matters; -o json has them all. */
const shownNews = 4;

/** What a row is made of: the change, and the work as tables show it. */
interface ChangeRow {
  readonly change: ToldChange;
  readonly report: ChangeReport;
  readonly work: WorkRow;
  readonly isTTY: boolean;
}

/** In their order; on a narrow terminal those of the highest rank go first. Later rows may be wider than the first. */
const columns: readonly (Column & { readonly cell: (row: ChangeRow) => Cell })[] = [
  { header: 'TIME', rank: 4, cell: ({ report, isTTY }) => shortTime(report.time, isTTY) },
  { header: 'CHANGE', rank: 6, least: 8, cell: ({ change }) => change.type },
  { header: 'NAME', rank: 0, cell: ({ report }) => report.name },
  { header: 'CONSUMER', rank: 2, cell: ({ report }) => report.consumer },
  { header: 'STATE', rank: 1, least: 11, cell: ({ work }) => workColumns.state.cell(work) },
  { header: 'VERSION', rank: 5, cell: ({ work }) => workColumns.version.cell(work) },
  { header: 'REASON', rank: 3, least: 16, text: true, cell: (row) => reasonOf(row) },
];

export type ReadyWatchOptions = Omit<WatchOptions, 'output'> & { readonly output: ReadyOutput<'text' | 'json'> };

/** Prints changes as they come: a row each, or a JSON value on a line of its own. */
export async function openChangeOutput(
  { output, headers, scope }: Pick<ReadyWatchOptions, 'output' | 'headers' | 'scope'>,
  { stdout, clock, env }: Pick<Context, 'stdout' | 'clock' | 'env'>,
): Promise<(changes: readonly ToldChange[]) => void> {
  if (output.format === 'json') {
    return (changes) =>
      stdout.write(changes.map((change) => `${printedJson(reportChange(change, clock.wallMs()))}\n`).join(''));
  }
  if (output.format === 'custom-columns') {
    const rows = openCustomTable(output.columns, stdout, headers);
    return (changes) => rows(changes.map((change) => ({ ...reportChange(change, clock.wallMs()) })));
  }
  const palette = await openPalette(stdout, env);
  // In a pipe the places of columns do not depend on what was asked for.
  const one = stdout.isTTY && scope.by === 'list' && scope.consumers.length === 1;
  const shown = columns.filter(({ header }) => header !== 'CONSUMER' || !one);
  let table: Table | undefined;
  return (changes) => {
    const rows = changes.map((change): ChangeRow => {
      const wallMs = clock.wallMs();
      return {
        change,
        report: reportChange(change, wallMs),
        work: workRow(change.kept, { source: '', wallMs, palette, gone: change.type === 'DELETED' }),
        isTTY: stdout.isTTY,
      };
    });
    // Names that hold their consumers tell works apart without it.
    const telling = rows.every(({ report: { name, consumer } }) => name.includes(consumer));
    table ??= openTable(
      shown.map((column) => (column.header === 'CONSUMER' && telling ? { ...column, rank: columns.length } : column)),
      stdout,
      { headers },
    );
    table.rows(rows.map((row) => shown.map(({ cell }) => cell(row))));
  };
}

/** A person knows which day it is; a file is read later. */
function shortTime(time: string, isTTY: boolean): string {
  const seconds = time.replace(/\.\d+/, '');
  return isTTY ? seconds.slice(seconds.indexOf('T') + 1) : seconds;
}

/** What the state before was, why the work is where it is, and what else is new. */
function reasonOf({ change, report, work }: ChangeRow): string {
  const { wallMs } = work;
  const before = change.type === 'MODIFIED' ? shownState(change.before, wallMs) : undefined;
  const was = before === undefined || before === shownState(change.kept, wallMs) ? [] : [`was ${before}`];
  const why = change.type === 'DELETED' ? report.reason : describeWhy(work.state, wallMs);
  const news = report.news.filter((text) => !saysTheState.test(text));
  const more = news.length > shownNews ? [`and ${news.length - shownNews} more`] : [];
  return [...was, ...(why === '' ? [] : [why]), ...news.slice(0, shownNews), ...more].join('; ');
}

/** That something is applied and available is what the states of these names say already. */
const saysTheState = /(?:^| )(?:Applied|Available)=True(?: |$)/;
