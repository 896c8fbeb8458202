import { holdsOn, lastText, type ScannedLine, type WrittenCommand } from './scan-argv.ts';

/** A command as far as it matters to where results go. */
export interface ResultCommand extends WrittenCommand {
  readonly hasOutcome: boolean | string;
}

/**
 * The path as the user gave it: by the flag, or by RESULTS_PATH for a line with an outcome. Without one it is left
 * alone: the outcome that a reader waits for is that of another command of the same Job. Empty when the flag has an
 * empty value.
 */
export function givenResultPath(
  line: ScannedLine<ResultCommand>,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (line.asksHelp || line.path[0] === 'help') return undefined;
  const byFlag = lastText(line, 'resultsPath');
  if (byFlag !== undefined) return byFlag;
  const inherited = holdsOn(line, line.command?.hasOutcome) ? env['RESULTS_PATH'] : undefined;
  return inherited === '' ? undefined : inherited;
}
