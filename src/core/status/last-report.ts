import type { WorkStatus } from './work-status.ts';

/** The zero of the snowflake ids that agents number their reports with. */
const snowflakeEpochMs = 1288834974657n;
/** Below the milliseconds a snowflake holds 22 bits of node and step. */
const snowflakeTimeShift = 22n;

/**
 * When the agent made this report, in milliseconds since the epoch on the
 * agent's clock; undefined when the sequence id does not tell. The id is a
 * snowflake, and in recordings/outcomes.json each one decodes to within
 * milliseconds of the time the event was received. Nothing else tells it: the
 * times of conditions stay while nothing changes, `updated_at` moves with
 * every write.
 */
export function lastReportMs(status: Pick<WorkStatus, 'sequenceId'>): number | undefined {
  if (!/^[1-9]\d{0,18}$/.test(status.sequenceId)) return undefined;
  const elapsedMs = BigInt(status.sequenceId) >> snowflakeTimeShift;
  // A small number is a counter of some other agent, not a snowflake.
  return elapsedMs === 0n ? undefined : Number(elapsedMs + snowflakeEpochMs);
}
