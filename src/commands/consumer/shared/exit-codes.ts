import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { ExitCode } from '../../../exit-code.ts';

/** Of commands that write consumers. */
export const consumerWriteCodes: readonly ExitCode[] = [...readExitCodes, ExitCode.Conflict];
