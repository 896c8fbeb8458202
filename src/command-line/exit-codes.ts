import { ExitCode } from '../exit-code.ts';

/** How a run that reads and writes works can end, but for what it found. */
export const writeExitCodes: readonly ExitCode[] = [
  ExitCode.Done,
  ExitCode.Usage,
  ExitCode.NotFound,
  ExitCode.InvalidInput,
  ExitCode.Conflict,
  ExitCode.TimedOut,
  ExitCode.OutcomeFailed,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
  ExitCode.Ownership,
  ExitCode.Interrupted,
  ExitCode.Terminated,
];
