import { targetOf } from '../program.ts';
import { changes, clockMs, isMigrating, ourRows, standing, type Call, type History } from '../history.ts';
import type { Property } from './property.ts';

export const othersAreKept: Property = {
  name: 'others-are-kept',
  says: 'what somebody else wrote with success meanwhile is there in the end, unless somebody else again replaced or deleted it, or a deletion by the migration met the very moment of the write; and no work of another source changes',
  check: (history) => [...lostWrites(history), ...foreignChanges(history)],
};

function lostWrites(history: History): readonly { readonly what: string; readonly calls: readonly string[] }[] {
  const last = standing(ourRows(history));
  return history.calls.flatMap((call) => {
    const { step, name, exitCode } = call;
    if (step.kind !== 'apply' || exitCode !== 0 || isOverwritten(call, history)) return [];
    const kept = last.filter((row) => row.consumer === step.consumer).flatMap(({ manifests }) => manifests);
    const lost = step.objects.filter((object) => !kept.some((one) => one.name === object && one.call === name));
    return lost.length === 0
      ? []
      : [{ what: `${lost.join(', ')} on ${step.consumer} is in no stored work any more`, calls: [name] }];
  });
}

/** Another of them wrote or deleted later there, or the work was being deleted while it wrote. */
function isOverwritten(call: Call, history: History): boolean {
  const { step } = call;
  if (step.kind !== 'apply') return false;
  const later = history.calls.some(
    (other) =>
      other !== call &&
      other.startedMs >= call.startedMs &&
      (other.step.kind === 'apply' || other.step.kind === 'delete') &&
      other.step.consumer === step.consumer,
  );
  const work = targetOf(history.program, step);
  const meets = ourRows(history).some(
    (row) =>
      row.deleting &&
      row.consumer === step.consumer &&
      row.work === work &&
      row.atMs >= call.startedMs - clockMs &&
      row.atMs <= call.endedMs + clockMs &&
      history.calls.some((one) => isMigrating(one) && one.startedMs <= row.atMs && row.atMs <= one.endedMs + clockMs),
  );
  return later || meets;
}

function foreignChanges(history: History): readonly { readonly what: string; readonly calls: readonly string[] }[] {
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
