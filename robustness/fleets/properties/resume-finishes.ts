import { rowsInReach, underWayMs } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { FleetCall, FleetHistory, ToldWork } from '../history/history.ts';
import { allCalls, isRollOut, markIn, rowsEver, toldBy, type FleetProperty } from './property.ts';

export const resumeFinishes: FleetProperty = {
  name: 'resume-finishes',
  says: 'when nothing is wrong any more, a roll-out goes on by its journal to its end on each cluster where nobody else has changed its work; and one that is made anew succeeds, and once more changes nothing, but where another source has a work of the name',
  check: (history) => [
    ...history.resumed.flatMap((call) =>
      unfinished(call, (consumer) => isForeign(call, consumer, history) || isDisturbed(call, consumer, history)),
    ),
    ...history.again.flatMap((call) => [
      ...unfinished(call, (consumer) => isForeign(call, consumer, history)),
      ...changed(call),
    ]),
  ],
};

function unfinished(call: FleetCall, isExcused: (consumer: string) => boolean): readonly Fault[] {
  if (!isRollOut(call)) return [];
  const works = toldBy(call)?.works ?? [];
  // A failure on a cluster where somebody stands in the way may end the roll-out before the others.
  const mayEnd = works.some((work) => isFailure(work) && isExcused(work.consumer));
  return call.step.consumers.flatMap((consumer) => {
    const work = works.find((one) => one.consumer === consumer);
    if (work?.exitCode === 0 || isExcused(consumer) || (work?.reason === 'NotBegun' && mayEnd)) return [];
    return [{ what: `${consumer} is not done: ${work?.message ?? call.stderr.slice(0, 300)}`, calls: [call.name] }];
  });
}

function isFailure({ exitCode, reason }: ToldWork): boolean {
  return exitCode !== 0 && reason !== 'NotBegun';
}

/** Another source has, or had, a work of this name there, which is no name for a work of ours then. */
function isForeign(call: FleetCall, consumer: string, history: FleetHistory): boolean {
  const { step } = call;
  return (
    step.kind !== 'watch' &&
    rowsInReach(history, sinceBegin(call, history)).some(
      (row) => row.consumer === consumer && row.work === step.work && row.source !== step.source,
    )
  );
}

/** Somebody else wrote or deleted the work, or its data was lost: then the journal's version may not stand any more. */
function isDisturbed(call: FleetCall, consumer: string, history: FleetHistory): boolean {
  const since = sinceBegin(call, history);
  if (history.lostDataAtMs.some((atMs) => atMs >= since.startedMs - underWayMs)) return true;
  return rowsEver({ ...history, rows: rowsInReach(history, since) }, call, consumer).some(
    (row) => row.deleting || row.removed || row.manifests.some((one) => markIn(one) !== call.mark),
  );
}

/** From the begin of the roll-out that it goes on with until its own end. */
function sinceBegin(
  { mark, startedMs, endedMs }: FleetCall,
  history: FleetHistory,
): { readonly startedMs: number; readonly endedMs: number } {
  const begun = allCalls(history).find(({ name }) => name === mark);
  return { startedMs: begun?.startedMs ?? startedMs, endedMs };
}

function changed(call: FleetCall): readonly Fault[] {
  const work = toldBy(call)?.works.find(({ operation = 'unchanged' }) => operation !== 'unchanged');
  return work === undefined || !call.name.endsWith('-second')
    ? []
    : [{ what: `made once more ${work.consumer} is ${String(work.operation)}`, calls: [call.name] }];
}
