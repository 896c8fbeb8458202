import type { Clock } from '../../io/clock.ts';

export interface WriteBudgetOptions {
  /** Writes a second when the hub does not complain; 200 when absent. */
  readonly perSecond?: number;
  /** Writes at once after a pause; as many as a second has when absent. */
  readonly burst?: number;
}

/** How many writes the hub is given: a token bucket that slows down when the hub says 429. */
export interface HubWriteBudget {
  /** Takes one token when there is one now. */
  tryTake(): boolean;
  /** Waits for a token, first come first served. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<void>;
  /** Tells of a 429: halves the rate (once a second at most) and stops for `retryAfterMs`. */
  throttled(retryAfterMs?: number): void;
  /** Writes a second now. */
  readonly rate: number;
  readonly waiting: number;
}

export declare function createWriteBudget(options: WriteBudgetOptions, deps: { readonly clock: Clock }): HubWriteBudget;
