import type { Call, History, StoredRow } from '../history/history.ts';
import type { Target } from '../program/steps.ts';
import { clockMs, faultsOfSuccesses, isWriting, markOf, rowsOf, toldBy, type Property } from './property.ts';

export const waitIsProven: Property = {
  name: 'wait-is-proven',
  says: 'a wait that ends with 0 had before its end a report of the agent at a version that holds what was written, with the condition True at that version, and one for a deletion saw the work go',
  check: (history) => faultsOfSuccesses(history, faults),
};

function faults(call: Call, history: History): readonly string[] {
  const { step } = call;
  if (step.kind === 'wait') {
    if (step.until === 'Deleted')
      return wasAbsent(call, history, step.target) ? [] : ['the work was there all the time'];
    const proven = rowsOf(history, step.target).some(
      (row) => row.atMs <= call.endedMs + clockMs && proves(row, step.until),
    );
    return proven ? [] : [`no report proved ${step.until} before it ended`];
  }
  if (step.kind === 'delete' && step.wait)
    return wasAbsent(call, history, step.target) ? [] : ['the work was there all the time that its deletion took'];
  if (!isWriting(step)) return [];
  const { version = 0, phase } = toldBy(call) ?? {};
  // Of a work that it has found unchanged, a write may tell that it is applied without waiting.
  if ((step.kind === 'build' || !step.wait) && phase !== 'Applied') return [];
  const proven = rowsOf(history, step.target).some(
    (row) =>
      row.atMs <= call.endedMs + clockMs &&
      row.version >= version &&
      proves(row, 'Applied') &&
      step.objects.every((name) => row.manifests.some((one) => one.name === name && one.call === markOf(call))),
  );
  return proven
    ? []
    : [`no report at version ${String(version)} or one that still holds it proved Applied before it ended`];
}

/** At some moment of the call there was no such work. */
function wasAbsent({ startedMs, endedMs }: Call, history: History, target: Target): boolean {
  const rows = rowsOf(history, target);
  const before = rows.findLast(({ atMs }) => atMs <= startedMs + clockMs);
  if (before === undefined || before.removed) return true;
  return rows.some(({ removed, atMs }) => removed && atMs >= startedMs && atMs <= endedMs + clockMs);
}

function proves({ version, report, removed }: StoredRow, type: string): boolean {
  if (report === undefined || removed || report.version !== version) return false;
  return report.conditions.some(
    (one) => one.type === type && one.status === 'True' && one.observedGeneration === version,
  );
}
