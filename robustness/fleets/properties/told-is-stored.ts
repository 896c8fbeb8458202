import type { FleetCall, FleetHistory, ToldWork } from '../history/history.ts';
import type { RollOutStep } from '../program/steps.ts';
import { clockMs, crossesLoss, isAbsent, proves, rowsInReach, standingDuring } from '../../properties/moments.ts';
import { holds, isRollOut, rowsAbout, rowsEver, tellings, type FleetProperty } from './property.ts';

export const toldIsStored: FleetProperty = {
  name: 'told-is-stored',
  says: 'each work that is told as written is stored at that version with all that was given before the call ends, also when a signal ends it; and each that is told as applied had a report that proves it, or as gone was gone',
  check: (history) =>
    tellings(history).flatMap(({ call, work }) => {
      const what = crossesLoss(history, call) ? undefined : fault(call, work, history);
      return what === undefined ? [] : [{ what: `${work.name} on ${work.consumer}: ${what}`, calls: [call.name] }];
    }),
};

function fault(call: FleetCall, work: ToldWork, history: FleetHistory): string | undefined {
  if (isRollOut(call)) return writeFault(call, work, history);
  if (work.exitCode !== 0) return undefined;
  const rows = rowsAbout(history, call, work.consumer);
  if (call.step.kind === 'delete') {
    const met = standingDuring(call, rows);
    if (met.some(isAbsent)) return undefined;
    if (call.step.wait) return 'told as deleted, and it was there all the time';
    return met.some((row) => row?.deleting) ? undefined : 'told as being deleted, and nobody has asked for that';
  }
  if (call.step.kind !== 'wait') return undefined;
  // A wait of the command takes the work of another source, when it is the only one of its name; its id tells which.
  const waited = work.id === undefined ? rows : rowsInReach(history, call).filter(({ id }) => id === work.id);
  return standingDuring(call, waited).some((row) => row !== undefined && proves(row))
    ? undefined
    : 'no version that stood while it waited was proven Applied';
}

function writeFault(
  call: FleetCall & { readonly step: RollOutStep },
  { consumer, operation, version, exitCode }: ToldWork,
  history: FleetHistory,
): string | undefined {
  if (version === undefined) return exitCode === 0 ? 'it ended well without a version' : undefined;
  // What failed without an operation may name the version that stood in its way.
  if (operation === undefined && exitCode !== 0) return undefined;
  // What an earlier try is known to have stored may be lost by now; a wait for it would see that.
  const isOfJournal = operation === undefined && call.journalBefore.some((entry) => entry.consumer === consumer);
  const rows = (isOfJournal ? rowsEver : rowsAbout)(history, call, consumer).filter(
    ({ atMs }) => atMs <= call.endedMs + clockMs,
  );
  const at = rows.filter((row) => row.version === version && holds(row, call));
  if (at.length === 0) return `version ${String(version)} does not hold all that it gave`;
  const waits = call.step.wait && exitCode === 0;
  if (!waits || rows.some((row) => row.version >= version && holds(row, call) && proves(row))) return undefined;
  return `no report at version ${String(version)} or one that still holds it proved Applied before it ended`;
}
