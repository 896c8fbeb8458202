/** Woken no more often than this: one that fails for itself alone is not tried with each success of the others. */
const wakeEveryMs = 5_000;

/** Keys that wait for another try because the other side was away, for longer than it may be away. */
export class Unreached {
  readonly #keys = new Set<string>();
  #wokenMs = Number.NEGATIVE_INFINITY;

  add(key: string): void {
    this.#keys.add(key);
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }

  /** Takes all when the other side answers again; none when there was a moment ago. */
  wake(nowMs: () => number): readonly string[] {
    if (this.#keys.size === 0) return [];
    const now = nowMs();
    if (now - this.#wokenMs < wakeEveryMs) return [];
    this.#wokenMs = now;
    const keys = [...this.#keys];
    this.#keys.clear();
    return keys;
  }
}
