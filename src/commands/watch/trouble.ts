import type { MaestroError } from '../../errors.ts';
import type { Notices } from '../../output/notices.ts';

/** Says on stderr that a watch is blind, and when it sees again. */
export function tellTrouble(error: MaestroError | undefined, notices: Notices): void {
  if (error === undefined) notices.info('Maestro answers again');
  else notices.warn(`${error.message}; trying again, changes meanwhile are not seen`);
}
