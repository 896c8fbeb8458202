/**
 * When to look again: every 250 ms for the first 30 s, then stretching to 2 s,
 * jittered by a tenth so that many Jobs do not poll in step.
 */
export function pollDelayMs(elapsedMs: number, random: () => number): number {
  const base = elapsedMs < 30_000 ? 250 : Math.min(2_000, 250 + (elapsedMs - 30_000) / 20);
  return base * (0.95 + random() * 0.1);
}
