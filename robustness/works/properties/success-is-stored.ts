import { clockMs, isAbsent, standingDuring } from '../../properties/moments.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import type { Step } from '../program/steps.ts';
import { faultsOfSuccesses, isWriting, markOf, rowsAbout, toldBy, type Property } from './property.ts';

export const successIsStored: Property = {
  name: 'success-is-stored',
  says: 'a write that ends with 0 is stored before its end at the version that it tells, with all that it gave, and without what it was to take out; and of a deletion that ends with 0 the work was absent, or being deleted, at some moment of it',
  check: (history) => faultsOfSuccesses(history, faults),
};

function faults(call: Call, history: History): readonly string[] {
  const { step } = call;
  const rows = rowsAbout(history, call);
  if (step.kind === 'delete-resource') return reductionFaults(call, step, rows);
  if (step.kind === 'delete') {
    const asked = standingDuring(call, rows).some((row) => isAbsent(row) || row?.deleting === true);
    return asked ? [] : ['the work stood all the time, and its deletion was not asked for'];
  }
  if (!isWriting(step)) return [];
  const version = toldBy(call)?.version;
  if (version === undefined) return ['it tells no version'];
  const holding = rows
    .filter((row) => row.version === version && !row.removed)
    .find((row) =>
      step.objects.every((name) => row.manifests.some((one) => one.name === name && one.call === markOf(call))),
    );
  if (holding === undefined) return [`version ${String(version)} does not hold all that it gave`];
  return isLate(holding, call) ? [`version ${String(version)} was stored after it had ended`] : [];
}

function isLate({ atMs }: StoredRow, { endedMs }: Call): boolean {
  return atMs > endedMs + clockMs;
}

/** A work that loses an object gets a version without it; where neither is there, nothing has to be done. */
function reductionFaults(
  call: Call,
  { object, manager, wait = false }: Extract<Step, { readonly kind: 'delete-resource' }>,
  rows: readonly StoredRow[],
): readonly string[] {
  const { version, reason } = toldBy(call) ?? {};
  // A wait goes on at a later version, into which somebody may have put it again.
  if (reason === 'NotFound' || wait) {
    const lacked = standingDuring(call, rows).some(
      (row) => row === undefined || row.removed || !row.manifests.some(({ name }) => name === object),
    );
    return lacked ? [] : [`it says that there is no ${object}, and there was all the time`];
  }
  if (version === undefined) return ['it tells no version'];
  const stored = rows.filter((row) => row.version === version && !row.removed && !isLate(row, call));
  if (stored.length === 0) return [`version ${String(version)} was not stored before it ended`];
  return stored.some((row) => !row.manifests.some((one) => one.name === object && one.manager === manager))
    ? []
    : [`${object} of ${manager} is still in version ${String(version)}`];
}
