/** Full-jitter back-off: between half and the whole of a doubling step, capped. */
export function backoffMs(attempt: number, random: () => number, firstMs = 100, capMs = 2_000): number {
  const step = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 16));
  return step / 2 + (random() * step) / 2;
}
