import type { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { backoffMs } from '../../core/back-off.ts';

const firstBackoffMs = 500;
export const longestBackoffMs = 300_000;
/** Woken no more often than this: one that fails for itself alone is not tried with each success of the others. */
const wakeEveryMs = 5_000;

/** It failed not for what it is, but because the other side is away or takes nothing from us. */
export function isAway({ code }: MaestroError): boolean {
  return code === 'unavailable' || code === 'timeout' || code === 'access-denied';
}

/** The same request will never be taken: only another content, or another name, helps. */
export function neverSucceeds({ exitCode }: MaestroError): boolean {
  return exitCode === ExitCode.InvalidInput || exitCode === ExitCode.Usage;
}

/** How long to wait before the next try, after so many that failed, unless the other side asks for longer. */
export function retryDelayMs(failures: number, error: MaestroError, random: () => number): number {
  return Math.max(error.retryAfterMs ?? 0, backoffMs(failures, random, firstBackoffMs, longestBackoffMs));
}

/** Keys that wait for another try because the other side was away, for longer than it may be away. */
export class Unreached extends Set<string> {
  #wokenMs = Number.NEGATIVE_INFINITY;

  /** Takes all when the other side answers again; none when there was a moment ago. */
  wake(clock: { monotonicMs(): number }): readonly string[] {
    const monotonicMs = clock.monotonicMs();
    if (this.size === 0 || monotonicMs - this.#wokenMs < wakeEveryMs) return [];
    this.#wokenMs = monotonicMs;
    const keys = [...this];
    this.clear();
    return keys;
  }
}
