import type { Clock } from '../../clock.ts';

/** So many are looked at before others get the event loop; a thousand applications take a millisecond or two. */
const atOnce = 1_000;

/** Looks at each of many, and lets others in after every thousand; false when the signal ended it before the last. */
export async function inTurns<T>(
  items: Iterable<T>,
  { clock, signal }: { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal },
  look: (item: T) => void,
): Promise<boolean> {
  let count = 0;
  for (const item of items) {
    if (signal.aborted) return false;
    look(item);
    count += 1;
    // Cut short by the signal, which the next look tells.
    if (count % atOnce === 0) await clock.sleep(0, signal).catch(() => undefined);
  }
  return !signal.aborted;
}
