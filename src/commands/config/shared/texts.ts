import { ExitCode } from '../../../exit-code.ts';

export const configCodes = [ExitCode.Done, ExitCode.Usage] as const;
/** A disk may be full; then the file is as it was. */
export const configWritingCodes = [...configCodes, ExitCode.Unavailable] as const;

export const configDescription =
  'A context is a name for endpoints, credentials and a source id. Settings hold in this order: flag, --context, environment, current context, default. Tokens never stand in the file: name files that hold them. Relative paths in the file start from its folder.';
