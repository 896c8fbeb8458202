import { ExitCode } from '../exit-code.ts';
import type { CommandData } from './command-spec.ts';

/*
 * Exit codes of commands by what they do, without those of any run. A test in
 * which a command ends with a code that it does not list fails.
 */

/** Of a command that asks nobody. */
export const localExitCodes: readonly ExitCode[] = [ExitCode.Done, ExitCode.Usage];

/** Of a command that reads from Maestro, which may refuse what it is asked. */
export const readExitCodes: readonly ExitCode[] = [
  ...localExitCodes,
  ExitCode.NotFound,
  ExitCode.InvalidInput,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
];

/** Of a command that writes works, or shows what a write would do. */
export const writeExitCodes: readonly ExitCode[] = [
  ...readExitCodes,
  ExitCode.Conflict,
  ExitCode.OutcomeFailed,
  ExitCode.Ownership,
];

/** Those of the command itself, and those that any run can end with. */
export function exitCodesOf({ exitCodes, offline }: Pick<CommandData, 'exitCodes' | 'offline'>): readonly ExitCode[] {
  const any = [ExitCode.Internal, ExitCode.Interrupted, ExitCode.Terminated];
  const all = new Set([...exitCodes, ...any, ...(offline === true ? [] : [ExitCode.TimedOut])]);
  return [...all].sort((a, b) => a - b);
}
