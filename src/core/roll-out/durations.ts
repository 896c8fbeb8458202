/** How long something took on many clusters, in milliseconds. */
export interface Durations {
  /** Of so many it is known. */
  readonly count: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly worstMs: number;
  /** The cluster that took longest. */
  readonly worst: string;
}

/** Of no cluster nothing is known: undefined. A quantile is the time of a cluster, the nearest above it. */
export function durationsOf(
  times: Iterable<{ readonly name: string; readonly durationMs?: number }>,
): Durations | undefined {
  const known: { readonly name: string; readonly ms: number }[] = [];
  for (const { name, durationMs } of times) if (durationMs !== undefined) known.push({ name, ms: durationMs });
  known.sort((a, b) => a.ms - b.ms);
  const at = (part: number): number => known[Math.max(0, Math.ceil(known.length * part) - 1)]?.ms ?? 0;
  const worst = known.at(-1);
  if (worst === undefined) return undefined;
  return { count: known.length, medianMs: at(0.5), p95Ms: at(0.95), worstMs: worst.ms, worst: worst.name };
}
