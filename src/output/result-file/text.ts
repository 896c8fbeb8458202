import type { JsonObject, JsonValue } from '../../core/json.ts';
import { reasonOfExitCode } from '../../errors.ts';
import { ExitCode, exitCodes } from '../../exit-code.ts';
import { exitCodeOfOutcome, type Outcome } from '../../core/outcome/outcome.ts';
import { toJson } from '../json.ts';
import { cutToBytes, hasEffects, resultValue, type Detail, type ResultFormat } from './shape.ts';

/** The status-reporter refuses a longer file. */
export const maxResultBytes = 1_048_576;

/** Keys and spaces of one entry of the list of works, without any value. */
const leastEntryBytes = 100;

const everything: Detail = { feedback: true, resources: true, details: true, effects: true, works: true };
const nothing: Detail = { feedback: false, resources: false, details: false, effects: false, works: false };
const lessAndLess: readonly Detail[] = [
  everything,
  { ...everything, feedback: false },
  { ...everything, feedback: false, resources: false },
  { ...nothing, effects: true, works: true },
  // What was taken from somebody matters more than the works of which nothing is to be told.
  { ...nothing, effects: true },
  { ...nothing, works: true },
  nothing,
];

/**
 * The text of the result file, at most 1 MiB: feedback is dropped first, then
 * resources, then details, then the works that did not fail, then what was
 * removed, and at last the list of works and what is left of messages, so that what remains is always whole JSON that
 * tells the outcome.
 */
export function resultText(outcome: Outcome, format: ResultFormat, timestampMs: number): string {
  const timestamp = new Date(timestampMs).toISOString();
  for (const detail of lessAndLess) {
    if (isHopeless(outcome, detail)) continue;
    const text = written(() => resultValue(outcome, format, timestamp, detail));
    if (text !== undefined && byteLength(text) <= maxResultBytes) return text;
  }
  return written(() => shortest(resultValue(outcome, format, timestamp, nothing))) ?? least(outcome, format, timestamp);
}

/** undefined for data that cannot be written: a file with less in it tells more than none. */
function written(make: () => JsonObject): string | undefined {
  try {
    return toJson(make());
  } catch {
    return undefined;
  }
}

/** What the exit code says, of which nothing came from outside. */
function least(outcome: Outcome, format: ResultFormat, timestamp: string): string {
  const exitCode = exitCodeOfOutcome(outcome);
  const done = exitCode === ExitCode.Done;
  const [status, reason] =
    format === 'status-result'
      ? [done ? 'InProgress' : 'Failed', {}]
      : [done ? 'success' : 'failure', { reason: done ? 'Finished' : reasonOfExitCode(exitCode) }];
  const message = `ended with exit code ${exitCode} (${exitCodes[exitCode].meaning}); the details cannot be written`;
  return `${JSON.stringify({ status, ...reason, message, timestamp, truncated: ['feedback', 'resources', 'details', 'removed', 'losses', 'sharedWith', 'works', 'message'] }, undefined, 2)}\n`;
}

/** What cannot fit is not made: entries of 100,000 works would take more memory than the run. */
function isHopeless({ works }: Outcome, detail: Detail): boolean {
  if (works.shortened === true && (detail.resources || detail.details)) return true;
  let entries = detail.works ? works.length : 0;
  if (detail.effects && !detail.works) for (const work of works) if (hasEffects(work)) entries += 1;
  return entries * leastEntryBytes > maxResultBytes;
}

/** The sum over all works, without their list and with its texts cut: it still tells what became of the run. */
function shortest({ works, truncated, ...summary }: JsonObject): JsonObject {
  const cut = Object.entries(summary).map(([key, value]) => [
    key,
    typeof value === 'string' ? cutToBytes(value, 1024) : value,
  ]);
  const dropped = Array.isArray(truncated) ? (truncated as readonly JsonValue[]) : [];
  return {
    ...(Object.fromEntries(cut) as JsonObject),
    truncated: [...dropped.filter((name) => name !== 'works'), ...(works === undefined ? [] : ['works']), 'message'],
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
