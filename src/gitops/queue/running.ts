/** Which keys are being worked on, and since when: a step that hangs is told by its age. */
export class Running {
  readonly #sinceMs = new Map<string, number>();
  readonly #clock: { monotonicMs(): number };

  constructor(clock: { monotonicMs(): number }) {
    this.#clock = clock;
  }

  /** Work begins, or goes on after a wait. */
  begin(key: string): void {
    this.#sinceMs.set(key, this.#clock.monotonicMs());
  }

  /** Work has ended, or waits for its turn: for as long as others take, which is no fault of its own. */
  end(key: string): void {
    this.#sinceMs.delete(key);
  }

  /** Monotonic, when the oldest began; undefined when none is under way. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined;
    for (const sinceMs of this.#sinceMs.values()) oldest = Math.min(oldest ?? sinceMs, sinceMs);
    return oldest;
  }
}
