import { clockMs, goes } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import { targetOf } from '../program.ts';
import {
  broughtByStranger,
  changes,
  deletedByStranger,
  holds,
  isMigrating,
  ourRows,
  standing,
  type Call,
  type History,
} from '../history.ts';
import type { Property } from './property.ts';

export const othersAreKept: Property = {
  name: 'others-are-kept',
  says: 'what somebody else wrote with success meanwhile is there in the end, unless somebody else again wrote over it or deleted its work, or a deletion by the migration met the very moment of the write; and no work of another source changes',
  check: (history) => [...lostWrites(history), ...foreignChanges(history)],
};

function lostWrites(history: History): readonly Fault[] {
  const last = standing(ourRows(history));
  return history.calls.flatMap((call) => {
    const { step, name, exitCode } = call;
    if (step.kind !== 'apply' || exitCode !== 0 || meetsDeletion(call, history)) return [];
    const there = last.filter((row) => row.consumer === step.consumer);
    const lost = step.objects.filter(
      (object) => !there.some((row) => holds(row, object, name)) && !isReplaced(object, call, history),
    );
    return lost.length === 0
      ? []
      : [{ what: `${lost.join(', ')} on ${step.consumer} is in no stored work any more`, calls: [name] }];
  });
}

/** Another of them wrote over just this object, or deleted the work that had it. */
function isReplaced(object: string, { name }: Call, history: History): boolean {
  return changes(ourRows(history)).some(([before, row]) => {
    if (before === undefined || !holds(before, object, name)) return false;
    if (goes(row, before)) return deletedByStranger(history, row);
    const by = broughtByStranger(before, row);
    return !holds(row, object, name) && by !== undefined && by !== name;
  });
}

/** The migration had the work deleted at the very moment of the write. */
function meetsDeletion(call: Call, history: History): boolean {
  const { step } = call;
  if (step.kind !== 'apply') return false;
  const work = targetOf(history.program, step);
  return ourRows(history).some(
    (row) =>
      row.deleting &&
      row.consumer === step.consumer &&
      row.work === work &&
      row.atMs >= call.startedMs - clockMs &&
      row.atMs <= call.endedMs + clockMs &&
      history.calls.some((one) => isMigrating(one) && one.startedMs <= row.atMs && row.atMs <= one.endedMs + clockMs),
  );
}

function foreignChanges(history: History): readonly Fault[] {
  const theirs = history.rows.filter(({ source }) => source !== history.source);
  return changes(theirs).flatMap(([before, row]) => {
    if (!row.deleting && !row.removed && (before?.version === row.version || isTheirs(row.manifests, history)))
      return [];
    return [{ what: `${row.work} of ${row.source} on ${row.consumer} was changed by another source`, calls: [] }];
  });
}

function isTheirs(manifests: readonly { readonly call: string }[], { calls }: History): boolean {
  return manifests.every(({ call: name }) =>
    calls.some((call) => call.name === name && call.step.kind === 'other-source'),
  );
}
