import { localExitCodes } from '../../../command-line/exit-codes.ts';
import { ExitCode } from '../../../exit-code.ts';

/** A disk may be full; then the file is as it was. */
export const configWritingCodes: readonly ExitCode[] = [...localExitCodes, ExitCode.Unavailable];

export const configDescription =
  'A context is a name for endpoints, credentials, a source id, and the target cluster of commands that name none. Settings hold in this order: flag, --context, environment, current context, default. Tokens never stand in the file: name files that hold them. Relative paths in the file start from its folder.';
