import type { ToldError } from '../history/history.ts';
import { allCalls, toldBy, type FleetProperty } from './property.ts';

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
