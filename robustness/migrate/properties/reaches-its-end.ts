import { clockMs } from '../../properties/moments.ts';
import { changes, isUntouched, ourRows, type History } from '../history.ts';
import type { Property } from './property.ts';

export const reachesItsEnd: Property = {
  name: 'reaches-its-end',
  says: 'when nothing is wrong any more, the same commands lead to the end, or are refused because somebody wrote, and once more they store nothing',
  check(history) {
    const { reruns } = history;
    const last = reruns.at(-1);
    if (last === undefined) return [];
    const isLed = last.exitCode === 0 || (last.exitCode === 5 && !isUntouched(history));
    const astray = isLed
      ? []
      : [{ what: `it ended with ${String(last.exitCode)}: ${last.stderr.slice(-500)}`, calls: [last.name] }];
    return [...astray, ...writesOf(history, last)];
  },
};

function writesOf(
  history: History,
  { name, startedMs, endedMs }: History['reruns'][number],
): readonly { readonly what: string; readonly calls: readonly string[] }[] {
  return changes(ourRows(history))
    .filter(([before, row]) => before?.version !== row.version || before.deleting !== row.deleting)
    .filter(([, { atMs }]) => atMs > startedMs + clockMs && atMs <= endedMs)
    .map(([, row]) => ({
      what: `once more, it stored ${row.work} on ${row.consumer} (version ${String(row.version)})`,
      calls: [name],
    }));
}
