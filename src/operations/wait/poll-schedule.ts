/**
 * When to look again: every 100 ms for the first 2 s, because most agents
 * answer by then; every 200 ms for the first 10 s; every 250 ms for the first
 * 30 s, then stretching to 2 s.
 * Jittered by a tenth so that many Jobs do not poll in step.
 */
export function pollDelayMs(elapsedMs: number, random: () => number): number {
  return baseMs(elapsedMs) * (0.95 + random() * 0.1);
}

/**
 * Milliseconds from a write to the first look: an agent hears of a version, applies it and reports, and a look before
 * that is a request for nothing.
 */
export const afterWriteMs = 80;

function baseMs(elapsedMs: number): number {
  if (elapsedMs < 2_000) return 100;
  if (elapsedMs < 10_000) return 200;
  if (elapsedMs < 30_000) return 250;
  return Math.min(2_000, 250 + (elapsedMs - 30_000) / 20);
}
