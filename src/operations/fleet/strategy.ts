import { failureLimit, stagesOf, type WaveSize } from '../../core/fleet/waves.ts';
import type { RollOutCondition, RollOutOptions } from './roll-out.ts';

/** How a roll-out goes over its consumers. */
export interface RollOutStrategy {
  /** So many are written to and waited for before the rest; 0: none. */
  readonly canary: number;
  /** How many are written to before the next ones; undefined: all at once. */
  readonly waves?: WaveSize;
  /** Most publishes under way at once. */
  readonly maxConcurrency: number;
  /** Begin nothing more once so many have failed. */
  readonly maxFailures?: number;
  /** What every stage is waited for by. */
  readonly await?: RollOutCondition;
  /** What the canary is waited for by when nothing is awaited of the rest. */
  readonly canaryAwait: RollOutCondition;
}

/** What a roll-out awaits of any of its works: those of every stage, or of its canary alone. */
export function awaitedOf<A>({
  await: awaited,
  canary = 0,
  canaryAwait,
}: {
  readonly await?: A | undefined;
  readonly canary?: number;
  readonly canaryAwait?: A | undefined;
}): A | undefined {
  return awaited ?? (canary > 0 ? canaryAwait : undefined);
}

/** The stages of a roll-out and when it stops: one rule, whoever asks for it. */
export function stagedBy<C>(
  consumers: readonly C[],
  { canary, waves, maxConcurrency, maxFailures, await: awaited, canaryAwait }: RollOutStrategy,
): Pick<RollOutOptions<C>, 'stages' | 'maxConcurrency' | 'maxFailures' | 'await' | 'canaryAwait'> {
  const most = failureLimit(maxFailures, awaited === undefined ? undefined : waves);
  return {
    stages: stagesOf(consumers, canary, waves),
    maxConcurrency,
    ...(most === undefined ? {} : { maxFailures: most }),
    ...(awaited === undefined ? {} : { await: awaited }),
    canaryAwait,
  };
}
