import { versionsOf, type Call, type History, type StoredManifest, type StoredRow } from '../history/history.ts';
import { deletionFaults } from './deletions-of-others.ts';
import { isWriting, markOf, type Property } from './property.ts';

export const nothingOfOthers: Property = {
  name: 'nothing-of-others',
  says: "a version takes nothing away that another manager owns, unless its writer was told to take that over, and is one call's work; a build takes nothing away at all, and a delete that is not forced leaves a work that others hold manifests in",
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

function stepFaults(
  before: StoredRow,
  after: StoredRow,
  history: History,
): readonly { what: string; calls: string[] }[] {
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
  const writer = [...history.calls, ...history.reruns].find((call) => markOf(call) === mark);
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

/** A version that brings nothing is a deletion of resources, of one manager, that somebody asked for. */
function takenAway(
  lost: StoredRow['manifests'],
  after: StoredRow,
  { calls }: History,
  where: string,
): readonly { what: string; calls: string[] }[] {
  const asked = ({ step }: Call, name: string, manager: string): boolean =>
    step.kind === 'delete-resource' &&
    step.target.consumer === after.consumer &&
    step.target.work === after.work &&
    step.object === name &&
    step.manager === manager;
  const wrong = lost.find(({ name, manager }) => !calls.some((call) => asked(call, name, manager)));
  return wrong === undefined
    ? []
    : [{ what: `${where}: ${wrong.name} of ${wrong.manager} went, and nobody asked for it`, calls: [wrong.call] }];
}
