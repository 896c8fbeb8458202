import { clockMs, crossesLoss, proves } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import type { StoredRow } from '../../works/history/history.ts';
import type { FleetCall, FleetHistory } from '../history/history.ts';
import type { RollOutStep } from '../program/steps.ts';
import { allCalls, bringing, holds, isRollOut, rowsAbout, type FleetProperty } from './property.ts';

export const wavesInOrder: FleetProperty = {
  name: 'waves-in-order',
  says: 'no cluster of a wave is written before the canary, and with a wait each wave before it, was proven applied by its agents, but for as many failures as were allowed',
  check: (history) =>
    allCalls(history).flatMap((call) => (isRollOut(call) && !crossesLoss(history, call) ? faults(call, history) : [])),
};

interface Stage {
  readonly canary: boolean;
  readonly consumers: readonly string[];
}

/** As docs/fleets.md has them: the canary, and then so many clusters at a time. */
function stagesOf({ consumers, canary, waves }: RollOutStep): readonly Stage[] {
  const rest = consumers.slice(canary);
  const size = waves > 0 ? waves : Math.max(1, rest.length);
  const stages: Stage[] = canary > 0 ? [{ canary: true, consumers: consumers.slice(0, canary) }] : [];
  for (let at = 0; at < rest.length; at += size) stages.push({ canary: false, consumers: rest.slice(at, at + size) });
  return stages;
}

function faults(call: FleetCall & { readonly step: RollOutStep }, history: FleetHistory): readonly Fault[] {
  const { step } = call;
  const stages = stagesOf(step);
  return stages.flatMap((stage, index) => {
    const first = firstBrought(stage, call, history);
    if (first === undefined) return [];
    const unproven = stages
      .slice(0, index)
      .flatMap(({ canary, consumers }) =>
        canary || step.wait
          ? consumers
              .filter((one) => !provenBefore(first, call, rowsAbout(history, call, one)))
              .map((one) => ({ canary, one }))
          : [],
      );
    const allowed = step.maxFailures === 0 ? 0 : step.maxFailures - 1;
    // Without waves all failures of what follows a canary are of one wave, which is the last.
    if (unproven.length <= allowed && unproven.every(({ canary }) => !canary)) return [];
    const names = unproven.map(({ one }) => one).join(', ');
    return [{ what: `${first.consumer} was written before ${names} was proven applied`, calls: [call.name] }];
  });
}

/** What this call, and not an earlier or later try of it, has stored first on one of these clusters. */
function firstBrought(
  { consumers }: Stage,
  call: FleetCall & { readonly step: RollOutStep },
  history: FleetHistory,
): StoredRow | undefined {
  return consumers
    .flatMap((consumer) => bringing(rowsAbout(history, call, consumer), call.mark))
    .filter(({ atMs }) => atMs >= call.startedMs - clockMs && atMs <= call.endedMs + clockMs)
    .sort((a, b) => a.epoch - b.epoch || a.order - b.order)
    .at(0);
}

function provenBefore(
  first: StoredRow,
  call: FleetCall & { readonly step: RollOutStep },
  rows: readonly StoredRow[],
): boolean {
  return rows.some((row) => row.epoch === first.epoch && row.order < first.order && holds(row, call) && proves(row));
}
