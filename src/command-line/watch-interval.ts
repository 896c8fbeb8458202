import type { FlagReader } from './flag-values.ts';
import { MaestroError } from '../errors.ts';

const defaultIntervalMs = 1_000;

const defaultLiveIntervalMs = 5_000;

/** Milliseconds between two reads of a watch. */
export interface Intervals {
  readonly intervalMs: number;
  /** While a stream tells what agents report. */
  readonly liveIntervalMs: number;
}

/** @throws MaestroError usage for an interval that would never let go of the server */
export function intervalsOf(flags: FlagReader): Intervals {
  const given = flags.durationMs('interval');
  if (given !== undefined && given <= 0) throw new MaestroError('usage', '--interval must be more than 0');
  return { intervalMs: given ?? defaultIntervalMs, liveIntervalMs: given ?? defaultLiveIntervalMs };
}
