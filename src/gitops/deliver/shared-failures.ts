/** Between two lines about failures that have one cause. */
const quietMs = 10_000;

/**
 * Keeps failures that one cause brings on thousands of applications, such as a
 * Maestro that is away, from filling the log: one of them is told every ten
 * seconds, with the number of those that were not.
 */
export class SharedFailures {
  #toldMs = Number.NEGATIVE_INFINITY;
  #untold = 0;

  /**
   * Counts a failure at this monotonic time; a number when it is to be told: how many went untold since the last one.
   */
  count(monotonicMs: number): number | undefined {
    if (monotonicMs - this.#toldMs < quietMs) {
      this.#untold += 1;
      return undefined;
    }
    const untold = this.#untold;
    this.#toldMs = monotonicMs;
    this.#untold = 0;
    return untold;
  }
}
