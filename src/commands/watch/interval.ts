import type { FlagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';

const defaultIntervalMs = 1_000;

/**
 * Milliseconds between two reads of a watch.
 *
 * @throws MaestroError usage for an interval that would never let go of the server
 */
export function intervalOf(flags: FlagReader): number {
  const intervalMs = flags.durationMs('interval') ?? defaultIntervalMs;
  if (intervalMs <= 0) throw new MaestroError('usage', '--interval must be more than 0');
  return intervalMs;
}
