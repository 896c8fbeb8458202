import { mayHaveMade, standingDuring } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import { markOf, rowsAbout, toldBy, type Property } from './property.ts';

export const rerunsConverge: Property = {
  name: 'reruns-converge',
  says: 'when nothing is wrong any more, each apply that is made again with force succeeds, and once more is unchanged; and one write of each kind that is made again as it was succeeds or is refused, and once more ends the same and stores nothing',
  check: (history) =>
    history.reruns.flatMap((call) =>
      (call.name.startsWith('same') ? faultsOfSame(call, history) : faultsOfForced(call)).map((what) => ({
        what,
        calls: [call.name],
      })),
    ),
};

function faultsOfForced(call: Call): readonly string[] {
  if (call.exitCode !== 0) return [howItEnded(call)];
  const operation = toldBy(call)?.operation;
  return call.name.endsWith('-second') && operation !== 'unchanged'
    ? [`made once more it is ${String(operation)}`]
    : [];
}

/** What others own is refused, and so is what would leave a work with nothing in it. */
const refusals: readonly (number | undefined)[] = [2, 10];

function faultsOfSame(call: Call, history: History): readonly string[] {
  if (call.exitCode !== 0 && !refusals.includes(call.exitCode)) return [howItEnded(call)];
  if (!call.name.endsWith('-second')) return [];
  const first = history.reruns.find(({ name }) => name === `${markOf(call)}-first`);
  const other =
    first?.exitCode === call.exitCode
      ? []
      : [`it ended with ${String(first?.exitCode)}, and once more with ${String(call.exitCode)}`];
  const [before, ...met] = standingDuring(call, rowsAbout(history, call));
  const stored = met.find((row) => row?.version !== before?.version || row?.deleting !== before?.deleting);
  return stored === undefined ? other : [...other, `made once more it stored version ${String(stored.version)}`];
}

function howItEnded({ exitCode, stderr }: Call): string {
  return `it ended with ${String(exitCode)}: ${stderr.slice(0, 300)}`;
}

export const nothingWithoutOwner: Property = {
  name: 'nothing-without-owner',
  says: 'in the end each object on a cluster is held by the stored works that name it, and each stored manifest is there; and no version tells its agent to leave objects behind, which no call asks for',
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
    return [...stray, ...missing, ...leftBehind(history)];
  },
};

function leftBehind({ rows, calls, reruns }: History): readonly Fault[] {
  const first = new Map<string, StoredRow>();
  for (const row of rows) if (row.orphans === true && !first.has(row.id)) first.set(row.id, row);
  return [...first.values()].map((row) => ({
    what: `version ${String(row.version)} of ${row.work} on ${row.consumer} leaves its objects behind`,
    calls: [...calls, ...reruns]
      .filter((call) => call.step.kind === 'delete' && mayHaveMade(call, row))
      .map(({ name }) => name),
  }));
}

/** The works that there are at the end. */
function storedAtLast({ rows, lostDataAtMs }: History): readonly StoredRow[] {
  const last = new Map<string, StoredRow>();
  for (const row of rows) if (row.epoch === lostDataAtMs.length) last.set(row.id, row);
  return [...last.values()].filter(({ removed }) => !removed);
}
