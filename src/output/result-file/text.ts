import { reasonOfExitCode } from '../../errors.ts';
import { ExitCode, exitCodes } from '../../exit-code.ts';
import { isoTime } from '../../core/iso-time.ts';
import { exitCodeOfOutcome, type Outcome } from '../../core/outcome/outcome.ts';
import { toJson } from '../json.ts';
import type { AdapterResult, StatusResult, TruncatedPart } from './document.ts';
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
  const timestamp = isoTime(timestampMs);
  for (const detail of lessAndLess) {
    if (isHopeless(outcome, detail)) continue;
    const text = written(() => resultValue(outcome, format, timestamp, detail));
    if (text !== undefined && byteLength(text) <= maxResultBytes) return text;
  }
  return written(() => shortest(resultValue(outcome, format, timestamp, nothing))) ?? least(outcome, format, timestamp);
}

/** undefined for data that cannot be written: a file with less in it tells more than none. */
function written(make: () => StatusResult | AdapterResult): string | undefined {
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
  const phase = done ? 'InProgress' : 'Failed';
  const message = `ended with exit code ${exitCode} (${exitCodes[exitCode].meaning}); the details cannot be written`;
  const rest = { message, manifestWorkName: '', consumer: '' };
  const end = { timestamp, truncated: allParts };
  const value: StatusResult | AdapterResult =
    format === 'status-result'
      ? { status: phase, ...rest, ...end }
      : {
          status: done ? 'success' : 'failure',
          reason: done ? 'Finished' : reasonOfExitCode(exitCode),
          ...rest,
          phase,
          ...end,
        };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

const allParts: readonly TruncatedPart[] = [
  'feedback',
  'resources',
  'details',
  'removed',
  'losses',
  'sharedWith',
  'works',
  'message',
];

/** What cannot fit is not made: entries of 100,000 works would take more memory than the run. */
function isHopeless({ works }: Outcome, detail: Detail): boolean {
  if (works.shortened === true && (detail.resources || detail.details)) return true;
  let entries = detail.works ? works.length : 0;
  if (detail.effects && !detail.works) for (const work of works) if (hasEffects(work)) entries += 1;
  return entries * leastEntryBytes > maxResultBytes;
}

/** The sum over all works, without their list and with its texts cut: it still tells what became of the run. */
function shortest({ works, truncated = [], ...summary }: StatusResult | AdapterResult): StatusResult | AdapterResult {
  const cut = (text: string): string => cutToBytes(text, 1024);
  return {
    ...summary,
    manifestWorkName: cut(summary.manifestWorkName),
    consumer: cut(summary.consumer),
    message: cut(summary.message),
    truncated: [
      ...truncated.filter((name) => name !== 'works'),
      ...(works === undefined ? [] : (['works'] as const)),
      'message',
    ],
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
