import { MaestroError } from '../errors.ts';
import type { FlagSpec } from './command-spec.ts';
import type { FlagReader } from './flag-values.ts';

/** Of the commands that roll something out. */
export const reportFlag: FlagSpec = {
  flags: '--report <file>',
  about: 'write a page of the roll-out for a browser, at the end, whatever the end; a file that is there is replaced',
};

/** @throws MaestroError usage for a page of what is not done */
export function refuseReportOfDryRun(flags: FlagReader, dryRun: boolean): void {
  if (dryRun && flags.text('report') !== undefined)
    throw new MaestroError('usage', '--dry-run does nothing that a --report could show');
}
