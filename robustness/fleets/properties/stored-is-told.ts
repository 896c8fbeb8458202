import type { FleetCall, FleetHistory, ToldWork } from '../history/history.ts';
import type { RollOutStep } from '../program/steps.ts';
import { clockMs, underWayMs } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import { allCalls, bringing, isRollOut, rowsAbout, toldBy, type FleetProperty } from './property.ts';

export const storedIsTold: FleetProperty = {
  name: 'stored-is-told',
  says: 'what a roll-out that ends by itself or by SIGTERM has stored is told as written, or as unknown, of each cluster: never as refused, not begun, or not at all',
  check: (history) => allCalls(history).flatMap((call) => (isRollOut(call) ? faults(call, history) : [])),
};

function faults(call: FleetCall & { readonly step: RollOutStep }, history: FleetHistory): readonly Fault[] {
  if (call.exitCode === undefined) return [];
  const told = toldBy(call);
  const later = allCalls(history).find(({ mark, startedMs }) => mark === call.mark && startedMs > call.startedMs);
  // What is stored once the next try has begun may be of that one, which tells of it.
  const untilMs = Math.min(call.endedMs + underWayMs, later?.startedMs ?? Infinity);
  return call.step.consumers.flatMap((consumer) => {
    const brought = bringing(rowsAbout(history, call, consumer), call.mark).some(
      ({ atMs }) => atMs >= call.startedMs - clockMs && atMs < untilMs,
    );
    const work = told?.works.find((one) => one.consumer === consumer);
    if (!brought || tellsOfIt(work)) return [];
    const how =
      work === undefined ? 'not told of' : `told as ${work.reason} (${String(work.exitCode)}): ${work.message}`;
    return [{ what: `stored on ${consumer}, and ${how}`, calls: [call.name] }];
  });
}

function tellsOfIt(work: ToldWork | undefined): boolean {
  if (work === undefined) return false;
  // A work that an earlier run is known to have stored has no operation.
  return work.operation !== undefined || work.reason === 'OutcomeUnknown' || work.exitCode === 0;
}
