/**
 * In [0, 1), for what need not be secret: jitter, and names of files that are created exclusively. Not node:crypto,
 * which takes 0.15 of an empty script to load (docs/decisions/0004-start-up.md).
 */
export function systemRandom(): number {
  return Math.random();
}
