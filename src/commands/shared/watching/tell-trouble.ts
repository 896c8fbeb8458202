import type { MaestroError } from '../../../errors.ts';
import type { Reporter } from '../../../output/reporter.ts';

/** Says on stderr that a watch is blind; that the server is away, and that it is back, the run says itself. */
export function tellTrouble(error: MaestroError | undefined, reporter: Reporter): void {
  if (error !== undefined) reporter.warn('changes are not seen until Maestro answers again');
}
