import type { History, StoredRow } from '../history/history.ts';
import { toldBy, type Property } from './property.ts';

export const rerunsConverge: Property = {
  name: 'reruns-converge',
  says: 'when nothing is wrong any more, each write made again succeeds, and once more changes nothing',
  check: ({ reruns }) =>
    reruns.flatMap((call) => {
      const told = toldBy(call);
      if (call.exitCode !== 0)
        return [{ what: `it ended with ${String(call.exitCode)}: ${call.stderr.slice(0, 300)}`, calls: [call.name] }];
      return call.name.endsWith('-second') && told?.operation !== 'unchanged'
        ? [{ what: `made once more it is ${String(told?.operation)}`, calls: [call.name] }]
        : [];
    }),
};

export const nothingWithoutOwner: Property = {
  name: 'nothing-without-owner',
  says: 'in the end each object on a cluster is held by the stored works that name it, and each stored manifest is there',
  check: (history) => {
    const stored = storedAtLast(history);
    const stray = history.objects.flatMap(({ consumer, name, owners, call }) => {
      const holders = stored.filter(
        (row) => row.consumer === consumer && row.manifests.some((one) => one.name === name),
      );
      const same = owners.length === holders.length && holders.every(({ id }) => owners.includes(id));
      return same
        ? []
        : [
            {
              what: `${name} on ${consumer} has the owners ${owners.join(', ')}, and is in ${holders.map(({ work }) => work).join(', ')}`,
              calls: [call],
            },
          ];
    });
    const missing = stored.flatMap(({ consumer, work, manifests }) =>
      manifests
        .filter((one) => !history.objects.some((object) => object.consumer === consumer && object.name === one.name))
        .map(({ name, call }) => ({ what: `${name} of ${work} is not on ${consumer}`, calls: [call] })),
    );
    return [...stray, ...missing];
  },
};

/** The works that there are at the end. */
function storedAtLast({ rows, lostDataAtMs }: History): readonly StoredRow[] {
  const last = new Map<string, StoredRow>();
  for (const row of rows) if (row.epoch === lostDataAtMs.length) last.set(row.id, row);
  return [...last.values()].filter(({ removed }) => !removed);
}
