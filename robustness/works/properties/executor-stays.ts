import { versionsOf, type StoredRow } from '../history/history.ts';
import { markOf, type Property } from './property.ts';

export const executorStays: Property = {
  name: 'executor-stays',
  says: 'as whom a work is applied, which Maestro does not show, stays when somebody merges, builds or takes a resource out; only a plain apply that names nobody takes it away',
  check: ({ rows, calls, reruns }) =>
    versionsOf(rows).flatMap((versions) =>
      versions.slice(1).flatMap((after, index) => {
        const before = versions[index];
        if (before?.executor === undefined || after.executor !== undefined || after.version <= before.version)
          return [];
        const writer = [...calls, ...reruns].find((call) => markOf(call) === broughtBy(before, after));
        if (writer?.step.kind === 'apply' && writer.step.how === 'plain') return [];
        const what = `${after.work} on ${after.consumer}: version ${String(after.version)} names nobody any more as whom it is applied`;
        return [{ what, calls: writer === undefined ? [] : [writer.name] }];
      }),
    ),
};

/** The call whose objects are new in a version; undefined when it only takes some out. */
function broughtBy(before: StoredRow, after: StoredRow): string | undefined {
  return after.manifests.find((one) => !before.manifests.some((old) => old.name === one.name && old.call === one.call))
    ?.call;
}
