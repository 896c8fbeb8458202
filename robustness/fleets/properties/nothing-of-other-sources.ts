import { goes, mayHaveMade, tookOfOthers, worksIn } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { StoredRow } from '../../works/history/history.ts';
import type { FleetCall, FleetHistory } from '../history/history.ts';
import { allCalls, isRollOut, markIn, toldBy, writtenAs, type FleetProperty } from './property.ts';

export const nothingOfOtherSources: FleetProperty = {
  name: 'nothing-of-other-sources',
  says: 'what a call gives is stored for its source, name and clusters alone, with what was filled in for that cluster; it takes nothing of other managers away unforced; and a work goes only when a call of its source that was under way asked for that, which leaves it alone, unless it is forced, when other managers hold manifests in it',
  check: (history) =>
    worksIn(history.rows).flatMap((rows) =>
      rows.flatMap((row, index) => [
        ...givenFaults(row, history),
        ...(goes(row, rows[index - 1]) ? deletionFaults(row, rows.slice(0, index), history) : []),
        ...takenFaults(row, rows[index - 1], history),
      ]),
    ),
};

function given(row: StoredRow, { step }: FleetCall): boolean {
  return (
    step.kind !== 'watch' &&
    step.source === row.source &&
    step.work === row.work &&
    step.consumers.includes(row.consumer)
  );
}

function where({ work, consumer, source, version }: StoredRow): string {
  return `${work} of ${source} on ${consumer}, version ${String(version)}`;
}

function givenFaults(row: StoredRow, history: FleetHistory): readonly Fault[] {
  return row.manifests.flatMap((one) => {
    const mark = markIn(one);
    const by = allCalls(history).find((call) => call.mark === mark && isRollOut(call));
    const right = by !== undefined && given(row, by) && writtenAs(by, row.consumer) === one.call;
    return right
      ? []
      : [{ what: `${where(row)} holds ${one.name} of ${one.call}, which was not for it`, calls: [mark] }];
  });
}

function deletionFaults(row: StoredRow, before: readonly StoredRow[], history: FleetHistory): readonly Fault[] {
  const askers = history.calls.filter(
    (call) => call.step.kind === 'delete' && given(row, call) && mayHaveMade(call, row) && !saysNothingDone(call, row),
  );
  if (askers.length === 0)
    return [{ what: `${where(row)} was deleted, and no call of its source asked for that`, calls: [] }];
  const took = askers.map((call) => tookOfOthers(call, call.step, before));
  if (took.some((name) => name === undefined)) return [];
  const what = `${where(row)} was deleted with ${took.join(', ')} of others, and nobody was told to`;
  return [{ what, calls: askers.map(({ name }) => name) }];
}

/** It tells that it was refused there, or had not begun. */
function saysNothingDone(call: FleetCall, { consumer }: StoredRow): boolean {
  const work = toldBy(call)?.works.find((one) => one.consumer === consumer);
  return work?.exitCode === 10 || work?.reason === 'NotBegun';
}

function takenFaults(row: StoredRow, before: StoredRow | undefined, history: FleetHistory): readonly Fault[] {
  if (before === undefined || before.removed || row.removed || before.version >= row.version) return [];
  const brought = row.manifests.filter((one) => !before.manifests.some((old) => old.call === one.call));
  const [mark] = brought.map(markIn);
  const writer = allCalls(history).find((call) => call.mark === mark && isRollOut(call));
  if (writer === undefined || !isRollOut(writer))
    return [{ what: `${where(row)} brings nothing of any call`, calls: [] }];
  const { manager, how, objects } = writer.step;
  const lost = before.manifests.find(
    (old) =>
      !row.manifests.some((one) => one.name === old.name && one.call === old.call) &&
      old.manager !== manager &&
      !(how === 'force' && objects.includes(old.name)),
  );
  return lost === undefined
    ? []
    : [
        {
          what: `${where(row)}: ${writer.mark} of ${manager} took ${lost.name} of ${lost.manager}`,
          calls: [writer.name],
        },
      ];
}
