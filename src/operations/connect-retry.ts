import { MaestroError } from '../errors.ts';
import { backoffMs } from '../core/back-off.ts';
import { pause, remainingMs, type Budget } from './budget.ts';

/**
 * Calls again, with jittered back-off inside the budget, while the request
 * never left this process: a Job may start before the server. An answer is
 * final, an unknown effect is the caller's to read back, and a mistake that can
 * not heal (unknown CA, wrong port) fails at once.
 */
export async function untilConnected<T>(
  call: () => Promise<T>,
  budget: Budget,
  onRetry: (error: MaestroError) => void = () => undefined,
): Promise<T> {
  // From the first failure on the time goes into getting a connection.
  let connected: (() => void) | undefined;
  try {
    return await tries(call, budget, (error) => {
      connected ??= budget.stopwatch?.begin('connect');
      onRetry(error);
    });
  } finally {
    connected?.();
  }
}

async function tries<T>(call: () => Promise<T>, budget: Budget, onRetry: (error: MaestroError) => void): Promise<T> {
  let last: MaestroError | undefined;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (caught) {
      const error = MaestroError.thrownUnder(budget.signal, caught);
      // That the time is up says less than why it was used up.
      if (error.code === 'timeout' && error.delivery === 'not-sent' && last !== undefined) throw last;
      last = error;
      if (error.delivery !== 'not-sent' || !error.transient || remainingMs(budget) <= 0) throw error;
      onRetry(error);
      const waitMs = backoffMs(attempt, budget.random);
      if (waitMs >= remainingMs(budget)) throw error;
      await pause(budget, waitMs);
    }
  }
}
