import { clockMs, isAbsent, proves, standingDuring } from '../../properties/moments.ts';
import type { Call, History } from '../history/history.ts';
import { awaitedBy, faultsOfSuccesses, isWriting, markOf, rowsAbout, toldBy, type Property } from './property.ts';

export const waitIsProven: Property = {
  name: 'wait-is-proven',
  says: 'a wait that ends with 0 met a report of the agent with the condition True, at a version that stood while it waited, or after a write at one that holds what was written; and one for a deletion met a moment without the work',
  check: (history) => faultsOfSuccesses(history, faults),
};

function faults(call: Call, history: History): readonly string[] {
  const { step } = call;
  const rows = rowsAbout(history, call);
  const met = standingDuring(call, rows);
  if (step.kind === 'wait') {
    const { until } = step;
    if (until === 'Deleted') return met.some(isAbsent) ? [] : ['the work was there all the time'];
    // A report about a version that was replaced before the call began proves nothing of the one that stood then.
    return met.some((row) => row !== undefined && proves(row, awaitedBy(step)))
      ? []
      : [`no version that stood while it waited was proven ${until}`];
  }
  if (step.kind === 'delete' && step.wait)
    return met.some(isAbsent) ? [] : ['the work was there all the time that its deletion took'];
  const { version = 0, phase } = toldBy(call) ?? {};
  if (step.kind === 'delete-resource') {
    // Of a work without the object, whoever took it out, it may tell that it is applied without waiting.
    if (step.wait !== true && phase !== 'Applied') return [];
    return met.some((row) => row === undefined || isAbsent(row) || (row.version >= version && proves(row)))
      ? []
      : [`no version that stood meanwhile, from ${String(version)} on, was proven Applied`];
  }
  if (!isWriting(step)) return [];
  // Of a work that it has found unchanged, a write may tell that it is applied without waiting.
  if ((step.kind === 'build' || !step.wait) && phase !== 'Applied') return [];
  const proven = rows.some(
    (row) =>
      row.atMs <= call.endedMs + clockMs &&
      row.version >= version &&
      proves(row) &&
      step.objects.every((name) => row.manifests.some((one) => one.name === name && one.call === markOf(call))),
  );
  return proven
    ? []
    : [`no report at version ${String(version)} or one that still holds it proved Applied before it ended`];
}
