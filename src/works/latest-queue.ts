/**
 * A queue that holds at most one item a key, the latest: a slow reader sees
 * fewer steps, never a wrong end, and never slows the writer. Memory is bounded
 * by the number of keys.
 */
export class LatestQueue<T> {
  readonly #items = new Map<string, T>();
  #wake: (() => void) | undefined;
  #ended: { readonly error?: unknown } | undefined;

  /** A key that waits already keeps its place in the line and gets the new item. */
  put(key: string, item: T): void {
    if (this.#ended !== undefined) return;
    this.#items.set(key, item);
    this.#wake?.();
  }

  /** What waits is still given out; then readers end, or fail with the error. */
  end(error?: unknown): void {
    this.#ended ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  /** The next item in line; undefined at the end. */
  async take(): Promise<T | undefined> {
    for (;;) {
      for (const [key, item] of this.#items) {
        this.#items.delete(key);
        return item;
      }
      if (this.#ended !== undefined) {
        if ('error' in this.#ended) throw this.#ended.error;
        return undefined;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}
