import type { FleetCall, FleetHistory, ToldChange, ToldError } from '../history/history.ts';
import { allCalls, clockMs, crossesLoss, proves, toldBy, type FleetProperty } from './property.ts';

/** docs/commands/exit-codes.md: the code that each kind of error has, and whether trying again is worth it. */
const documented: Readonly<Record<string, { readonly exitCode: number; readonly retryable: boolean }>> = {
  usage: { exitCode: 2, retryable: false },
  'not-found': { exitCode: 3, retryable: false },
  'invalid-input': { exitCode: 4, retryable: false },
  conflict: { exitCode: 5, retryable: true },
  timeout: { exitCode: 6, retryable: true },
  'outcome-failed': { exitCode: 7, retryable: false },
  unavailable: { exitCode: 8, retryable: true },
  'access-denied': { exitCode: 9, retryable: false },
  ownership: { exitCode: 10, retryable: false },
  interrupted: { exitCode: 130, retryable: true },
  terminated: { exitCode: 143, retryable: true },
};

export const libraryErrors: FleetProperty = {
  name: 'library-errors',
  says: 'all that the library throws is a MaestroError of a documented code, with its exit code and its `retryable`, and none is a bug of its own; a program that uses it ends by what it is told',
  check: (history) =>
    allCalls(history).flatMap((call) => {
      if (call.step.kind !== 'watch' && call.step.by === 'command') return [];
      if (call.exitCode === undefined) return [];
      const told = toldBy(call);
      const what = told === undefined ? `it printed nothing: ${call.stderr.slice(0, 500)}` : errorFault(told.error);
      return what === undefined ? [] : [{ what, calls: [call.name] }];
    }),
};

function errorFault(error: ToldError | undefined): string | undefined {
  if (error === undefined) return undefined;
  const { ours, code = '', exitCode, retryable, message } = error;
  if (!ours) return `it threw what is no MaestroError: ${message}`;
  const due = documented[code];
  if (due === undefined) return `it threw an error with the code ${code}: ${message}`;
  return due.exitCode === exitCode && due.retryable === retryable
    ? undefined
    : `an error with the code ${code} has the exit code ${String(exitCode)} and is retryable: ${String(retryable)}`;
}

export const watchIsTrue: FleetProperty = {
  name: 'watch-is-true',
  says: 'a watch tells works of its source alone, at versions and with reports that were stored by then, and calls applied only what a report proves',
  check: (history) =>
    history.calls.flatMap((call) =>
      crossesLoss(history, call)
        ? []
        : (toldBy(call)?.changes ?? []).flatMap((change) => {
            const what = changeFault(change, call, history);
            return what === undefined
              ? []
              : [{ what: `${change.name} on ${change.consumer}: ${what}`, calls: [call.name] }];
          }),
    ),
};

function changeFault(change: ToldChange, { step, endedMs }: FleetCall, { rows }: FleetHistory): string | undefined {
  const life = rows.filter(({ id, atMs }) => id === change.id && atMs <= endedMs + clockMs);
  const [first] = life;
  if (first === undefined) return 'it was never stored';
  if (step.kind === 'watch' && first.source !== step.source) return `it is of ${first.source}`;
  if (change.kind !== 'status')
    return life.some(({ removed, deleting }) => removed || deleting)
      ? undefined
      : `told as ${change.kind}, and it stands`;
  if (!life.some(({ version }) => version === change.version))
    return `version ${String(change.version)} was never stored`;
  const { reported = 0 } = change;
  if (reported !== 0 && !life.some(({ report }) => report?.version === reported))
    return `nothing was ever reported of version ${String(reported)}`;
  if (!provenStates.includes(change.state)) return undefined;
  return life.some((row) => row.version === change.version && proves(row))
    ? undefined
    : `told as ${change.state} at version ${String(change.version)}, and no report proves it`;
}

const provenStates: readonly string[] = ['applied', 'available'];
