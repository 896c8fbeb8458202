import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { writeWorks } from '../shared/write/write-works.ts';
import type { ApplyOptions } from './options.ts';

/** Applies works: to the consumers that their documents name, one after the other, or as a roll-out to several. */
export async function run(options: ApplyOptions, context: Context): Promise<CommandResult> {
  if (options.fleet === undefined) return writeWorks(options, context);
  const { runFleet } = await import('./fleet/run.ts');
  return runFleet(options, options.fleet, context);
}
