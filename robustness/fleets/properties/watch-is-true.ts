import { clockMs, crossesLoss, proves, rowsInReach, standingDuring } from '../../properties/moments.ts';
import type { StoredRow } from '../../works/history/history.ts';
import type { FleetCall, FleetHistory, ToldChange } from '../history/history.ts';
import type { PlainStep } from '../program/command-line.ts';
import { allCalls, toldBy, type FleetProperty } from './property.ts';

export const watchIsTrue: FleetProperty = {
  name: 'watch-is-true',
  says: 'a watch tells works of its source alone, at versions and with reports that were stored by then, calls applied only what a report proves, and tells nothing older than what it has told; and one that is opened when nothing is wrong any more tells each work that stands all the while',
  check: (history) =>
    allCalls(history).flatMap((call) =>
      isWatch(call) && !crossesLoss(history, call)
        ? faults(call, history).map((what) => ({ what, calls: [call.name] }))
        : [],
    ),
};

type Watch = FleetCall & { readonly step: Extract<PlainStep, { readonly kind: 'watch' }> };

function isWatch(call: FleetCall): call is Watch {
  return call.step.kind === 'watch';
}

function faults(call: Watch, history: FleetHistory): readonly string[] {
  const { changes = [], error } = toldBy(call) ?? {};
  const lives = Map.groupBy(
    rowsInReach(history, call).filter(({ atMs }) => atMs <= call.endedMs + clockMs),
    ({ id }) => id,
  );
  const told = changes.flatMap((change, index) => {
    const rows = lives.get(change.id) ?? [];
    const before = changes.slice(0, index).findLast(({ id }) => id === change.id);
    const what = changeFault(change, call, rows) ?? orderFault(change, before, rows);
    return what === undefined ? [] : [`${change.name} on ${change.consumer}: ${what}`];
  });
  // In the midst of troubles a watch may never have reached the server.
  if (!history.again.includes(call)) return told;
  if (error !== undefined) return [...told, error.message];
  const missing = [...lives.values()].flatMap((rows) => {
    const [row] = rows;
    const stood = standingDuring(call, rows).every((one) => one !== undefined && !one.removed && !one.deleting);
    return row !== undefined && stood && row.source === call.step.source && !changes.some(({ id }) => id === row.id)
      ? [`${row.work} on ${row.consumer} stood all the while, and it told nothing of it`]
      : [];
  });
  return [...told, ...missing];
}

function changeFault(change: ToldChange, { step }: Watch, rows: readonly StoredRow[]): string | undefined {
  const [first] = rows;
  if (first === undefined) return 'it was never stored';
  if (first.source !== step.source) return `it is of ${first.source}`;
  if (change.kind !== 'status')
    return rows.some(({ removed, deleting }) => removed || deleting)
      ? undefined
      : `told as ${change.kind}, and it stands`;
  if (!rows.some(({ version }) => version === change.version))
    return `version ${String(change.version)} was never stored`;
  const { reported = 0 } = change;
  if (reported !== 0 && !rows.some(({ report }) => report?.version === reported))
    return `nothing was ever reported of version ${String(reported)}`;
  if (!provenStates.includes(change.state)) return undefined;
  return rows.some((row) => row.version === change.version && proves(row))
    ? undefined
    : `told as ${change.state} at version ${String(change.version)}, and no report proves it`;
}

/** Only a work that was made anew under the id begins again: at a lower version, and after its end. */
function orderFault(
  change: ToldChange,
  before: ToldChange | undefined,
  rows: readonly StoredRow[],
): string | undefined {
  const end = rows.findIndex(({ removed }) => removed);
  const isMadeAnew = end !== -1 && rows.slice(end).some(({ removed }) => !removed);
  if (before === undefined || isMadeAnew) return undefined;
  if (before.kind !== 'status' && change.kind === 'status')
    return `told as it stands, after it was told as ${before.kind}`;
  return change.version < before.version
    ? `told at version ${String(change.version)}, after version ${String(before.version)}`
    : undefined;
}

const provenStates: readonly string[] = ['applied', 'available'];
