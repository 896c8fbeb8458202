import type { Clock } from '../clock.ts';
import { TryTimeout } from './connection-errors.ts';

/**
 * Why a timer ends whose request has its answer; a constant, because each `abort()` would make an error with a stack.
 */
const answered = new Error('answered');

/**
 * Runs one try under a signal that also ends after `timeoutMs` of the clock.
 * The abort ends the try by itself, wherever its request stands.
 */
export async function within<T>(
  clock: Clock,
  signal: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const tried = new AbortController();
  const timer = new AbortController();
  const onAbort = (): void => tried.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  clock.sleep(timeoutMs, timer.signal).then(
    () => tried.abort(new TryTimeout(timeoutMs)),
    () => undefined,
  );
  const aborted = new Promise<never>((_resolve, reject) => {
    tried.signal.addEventListener('abort', () => reject(tried.signal.reason as Error), { once: true });
  });
  try {
    return await Promise.race([run(tried.signal), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    timer.abort(answered);
  }
}
