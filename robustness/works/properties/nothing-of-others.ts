import type { Fault } from '../../properties/property.ts';
import { versionsOf, type History, type StoredManifest, type StoredRow } from '../history/history.ts';
import { deletionFaults, reducersOf } from './deletions.ts';
import { allCalls, isWriting, markOf, type Property } from './property.ts';

export const nothingOfOthers: Property = {
  name: 'nothing-of-others',
  says: "a version takes nothing away that another manager owns, unless its writer was told to take that over, and is one call's work; a build takes nothing away at all; and a work goes only when a call asked for that, which leaves it alone, unless it is forced, when others hold manifests in it",
  check: (history) => [
    ...deletionFaults(history),
    ...versionsOf(history.rows).flatMap((versions) =>
      versions.slice(1).flatMap((after, index) => {
        const before = versions[index];
        return before === undefined || after.version <= before.version ? [] : stepFaults(before, after, history);
      }),
    ),
  ],
};

function stepFaults(before: StoredRow, after: StoredRow, history: History): readonly Fault[] {
  const where = `${after.work} on ${after.consumer}, version ${String(before.version)} to ${String(after.version)}`;
  const brought = after.manifests.filter(
    (one) => !before.manifests.some((old) => old.name === one.name && old.call === one.call),
  );
  const marks = [...new Set(brought.map(({ call }) => call))];
  if (marks.length > 1) return [{ what: `${where}: several calls wrote one version`, calls: marks }];
  const lost = before.manifests.filter(
    (old) => !after.manifests.some((one) => one.name === old.name && one.call === old.call),
  );
  const [mark] = marks;
  if (mark === undefined) return takenAway(lost, after, history, where);
  const writer = allCalls(history).find((call) => markOf(call) === mark);
  if (writer === undefined || !isWriting(writer.step))
    return [{ what: `${where}: no call wrote ${mark}`, calls: [mark] }];
  const { step } = writer;
  const gave = ({ name }: StoredManifest): boolean => step.objects.includes(name);
  const mayTake = (one: StoredManifest): boolean =>
    one.manager === step.manager
      ? step.kind !== 'build' || gave(one)
      : step.kind === 'apply' && step.how === 'force' && gave(one);
  const wrong = lost.find((one) => !mayTake(one));
  return wrong === undefined
    ? []
    : [
        {
          what: `${where}: ${mark} of ${step.manager} took ${wrong.name} of ${wrong.manager}`,
          calls: [mark, wrong.call],
        },
      ];
}

/** A version that brings nothing is a deletion of resources, of one manager, that somebody asked for by then. */
function takenAway(lost: StoredRow['manifests'], after: StoredRow, history: History, where: string): readonly Fault[] {
  const wrong = lost.find((one) => reducersOf(after, one, history).length === 0);
  return wrong === undefined
    ? []
    : [{ what: `${where}: ${wrong.name} of ${wrong.manager} went, and nobody asked for it`, calls: [wrong.call] }];
}
