import type { CallOptions } from '../../clients/transport.ts';
import { backoffMs } from '../../core/back-off.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { GoneError } from '../kube/translate-status.ts';

/** One call takes no longer than this, however much time the run has. */
const callMs = 30_000;
/** What failed so often in a row is not had by asking once more. */
const mostTries = 5;

/** Limits of one call within the time of a run. */
export function callWithin(budget: Budget): CallOptions {
  return {
    signal: budget.signal,
    deadlineMs: budget.clock.monotonicMs() + Math.min(callMs, Math.max(0, remainingMs(budget))),
  };
}

/**
 * A read of the hub, made again, later and later, while the hub is away for a moment or asks for fewer requests.
 *
 * @throws MaestroError what the last try came to
 */
export async function untilAnswered<T>(ask: () => Promise<T>, budget: Budget): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (caught) {
      budget.signal.throwIfAborted();
      const error = MaestroError.from(caught);
      const waitMs = error.retryAfterMs ?? backoffMs(tries - 1, budget.random);
      const heals = error.transient && !(error instanceof GoneError);
      if (!heals || tries >= mostTries || waitMs >= remainingMs(budget)) throw error;
      await pause(budget, waitMs);
    }
  }
}
