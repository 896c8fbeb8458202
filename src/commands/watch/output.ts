import type { OutputStream } from '../../context.ts';
import { printedJson } from '../../output/json.ts';
import { openTable } from '../../output/table.ts';
import type { ChangeReport } from './change-report.ts';
import type { WatchOptions } from './options.ts';

/** More news in one line hide what matters; -o json has them all. */
const shownNews = 4;

const headers = ['TIME', 'CHANGE', 'NAME', 'CONSUMER', 'VERSION', 'STATE', 'REASON'] as const;

/** Prints changes as they come: a row each, or a JSON value on a line of its own. */
export function openChangeOutput(
  options: Pick<WatchOptions, 'output' | 'headers'>,
  stdout: OutputStream,
): (reports: readonly ChangeReport[]) => void {
  if (options.output === 'json') {
    return (reports) => stdout.write(reports.map((report) => `${printedJson(report)}\n`).join(''));
  }
  const table = openTable(headers, stdout, { headers: options.headers, least: { CHANGE: 8, STATE: 23 } });
  return (reports) => table.rows(reports.map((report) => rowOf(report)));
}

function rowOf(report: ChangeReport): readonly string[] {
  const { before, state, news, reason } = report;
  const shown = [
    ...news.slice(0, shownNews),
    ...(news.length > shownNews ? [`and ${news.length - shownNews} more`] : []),
  ];
  return [
    report.time,
    report.type,
    report.name,
    report.consumer,
    String(report.version),
    before === undefined ? state : `${before} → ${state}`,
    shown.length === 0 ? reason : `${reason} [${shown.join(', ')}]`,
  ];
}
