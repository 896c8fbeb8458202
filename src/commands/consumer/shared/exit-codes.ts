import { ExitCode } from '../../../exit-code.ts';

/** Of commands that read. */
export const consumerReadCodes = [
  ExitCode.Done,
  ExitCode.Usage,
  ExitCode.NotFound,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
] as const;
/** Of commands that write. */
export const consumerWriteCodes = [
  ExitCode.Done,
  ExitCode.Usage,
  ExitCode.NotFound,
  ExitCode.InvalidInput,
  ExitCode.Conflict,
  ExitCode.Unavailable,
  ExitCode.AccessDenied,
] as const;
