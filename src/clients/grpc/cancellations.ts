/**
 * Ends running calls when their signal is aborted, with one listener a signal:
 * a fleet has many calls under way on one signal, and a signal looks through
 * all of its listeners for each that comes or goes.
 */
export class Cancellations {
  readonly #running = new Map<AbortSignal, { readonly cancels: Set<() => void>; readonly listener: () => void }>();

  /** Calls `cancel` once the signal is aborted, until what is returned was called. */
  add(signal: AbortSignal, cancel: () => void): () => void {
    const { cancels, listener } = this.#of(signal);
    cancels.add(cancel);
    return () => {
      if (!cancels.delete(cancel) || cancels.size > 0) return;
      signal.removeEventListener('abort', listener);
      this.#running.delete(signal);
    };
  }

  #of(signal: AbortSignal): { readonly cancels: Set<() => void>; readonly listener: () => void } {
    const known = this.#running.get(signal);
    if (known !== undefined) return known;
    const cancels = new Set<() => void>();
    const running = { cancels, listener: () => [...cancels].forEach((cancel) => cancel()) };
    this.#running.set(signal, running);
    signal.addEventListener('abort', running.listener, { once: true });
    return running;
  }
}
