import { clockMs } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { FleetCall, FleetHistory } from '../history/history.ts';
import type { RollOutStep } from '../program/steps.ts';
import { allCalls, bringing, holds, isRollOut, rowsAbout, rowsEver, type FleetProperty } from './property.ts';

export const journalIsStored: FleetProperty = {
  name: 'journal-is-stored',
  says: 'each work that a journal has, after any end of the call, was stored by then at that version with all that was given',
  check: (history) => allCalls(history).flatMap((call) => (isRollOut(call) ? journalFaults(call, history) : [])),
};

/** Entries of an earlier try are held against what was stored by the end of that one. */
function journalFaults(call: FleetCall & { readonly step: RollOutStep }, history: FleetHistory): readonly Fault[] {
  const { name, journal, journalBefore, endedMs } = call;
  return journal
    .filter((entry) => !journalBefore.some((one) => one.consumer === entry.consumer && one.version === entry.version))
    .filter(
      ({ consumer, version }) =>
        !rowsAbout(history, call, consumer).some(
          (row) => row.version === version && holds(row, call) && row.atMs <= endedMs + clockMs,
        ),
    )
    .map(({ consumer, version }) => ({
      what: `version ${String(version)} on ${consumer} was not stored so when it had ended`,
      calls: [name],
    }));
}

export const writtenOnce: FleetProperty = {
  name: 'fleet-writes-once',
  says: 'a roll-out and its resumes write each work once: again only where another has changed it meanwhile, and never what the journal had before',
  check: (history) =>
    allCalls(history).flatMap((call) => {
      if (!isRollOut(call) || call.name !== call.mark) return [];
      const tries = allCalls(history).filter(({ mark }) => mark === call.mark);
      return call.step.consumers.flatMap((consumer) => {
        return bringing(rowsEver(history, call, consumer), call.mark).flatMap((row, index, all) => {
          const by = tries.findLast(({ startedMs }) => startedMs <= row.atMs);
          const earlier = all[index - 1];
          const known = by?.journalBefore.some((entry) => entry.consumer === consumer) === true;
          // A write of the try before may still have been under way, but what the journal has was stored by then.
          const again = earlier?.epoch === row.epoch && (by?.name ?? '') === triedBy(earlier.atMs, tries);
          if (!known && !again) return [];
          return [
            {
              what: `version ${String(row.version)} on ${consumer} writes ${known ? 'what the journal had' : 'what it had written'}`,
              calls: [by?.name ?? call.name],
            },
          ];
        });
      });
    }),
};

function triedBy(atMs: number, tries: readonly { readonly name: string; readonly startedMs: number }[]): string {
  return tries.findLast(({ startedMs }) => startedMs <= atMs)?.name ?? '';
}
