import type { MaestroError } from '../../errors.ts';
import type { Reporter } from '../../output/reporter.ts';

/** Says on stderr that a watch is blind, and when it sees again. */
export function tellTrouble(error: MaestroError | undefined, reporter: Reporter): void {
  if (error === undefined) reporter.info('Maestro answers again');
  else reporter.warn(`${error.message}; trying again, changes meanwhile are not seen`);
}
