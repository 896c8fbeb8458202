import { toWireJson } from '../../core/json.ts';
import type { Outcome } from '../../operations/outcome.ts';
import { cutToBytes, resultValue, type Detail, type ResultFormat } from './shape.ts';

/** The status-reporter refuses a longer file. */
export const maxResultBytes = 1_048_576;

const everything: Detail = { feedback: true, resources: true, details: true };
const lessAndLess: readonly Detail[] = [
  everything,
  { feedback: false, resources: true, details: true },
  { feedback: false, resources: false, details: true },
  { feedback: false, resources: false, details: false },
];

/**
 * The text of the result file, at most 1 MiB: feedback is dropped first, then
 * resources, then details, and at last messages are cut, so that what remains
 * is always whole JSON that tells the outcome.
 */
export function resultText(outcome: Outcome, format: ResultFormat, timestampMs: number): string {
  const timestamp = new Date(timestampMs).toISOString();
  for (const detail of lessAndLess) {
    const text = `${toWireJson(resultValue(outcome, format, timestamp, detail), 2)}\n`;
    if (byteLength(text) <= maxResultBytes) return text;
  }
  const none: Detail = { feedback: false, resources: false, details: false };
  const { works: _works, ...summary } = resultValue(shortened(outcome), format, timestamp, none);
  return `${toWireJson(summary, 2)}\n`;
}

function shortened(outcome: Outcome): Outcome {
  return {
    ...outcome,
    works: outcome.works.slice(0, 100).map((work) => ({ ...work, message: cutToBytes(work.message, 1024) })),
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
