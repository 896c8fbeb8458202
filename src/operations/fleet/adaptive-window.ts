/** A window that is made smaller for slowness alone stays as large as this. */
const leastEased = 2;
/** Nobody knows how much the server does for others: a window begins with as many, and doubles from there. */
const firstSize = 4;
/** So many answers outweigh those before them in the average. */
const answersToSettle = 20;

/**
 * How many requests are under way at once: the window doubles with each
 * window's worth of answers until the server first shows its limit, grows by
 * one from then on while latency stays flat, and is halved on trouble, at most
 * once a window. Growing stops when answers take more than twice as
 * long as the quickest did: the server queues then, and more would only wait.
 * When they take more than four times as long it becomes smaller by a quarter,
 * down to two: a real Maestro does more in a second the fewer requests it has
 * at once (docs/performance.md), probably because each beyond two opens a
 * connection to the database.
 */
export class AdaptiveWindow {
  readonly #most: number;
  #size: number;
  #underWay = 0;
  /** Neither trouble nor a queue has been seen yet. */
  #starting = true;
  #sinceChange = 0;
  #quickestMs = Number.POSITIVE_INFINITY;
  #averageMs = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number, first = Math.min(firstSize, most)) {
    this.#most = most;
    this.#size = Math.max(1, Math.min(first, most));
  }

  get size(): number {
    return Math.floor(this.#size);
  }

  /** Takes a place when one is free. */
  tryEnter(): boolean {
    if (this.#underWay >= this.size) return false;
    this.#underWay += 1;
    return true;
  }

  /** Takes a place as soon as one is free. */
  async enter(): Promise<void> {
    while (!this.tryEnter()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** For a place that was not used. */
  giveBack(): void {
    this.#underWay -= 1;
    this.#letIn();
  }

  /** @param trouble the server failed or could not be reached: it has too much to do */
  leave(latencyMs: number, trouble: boolean): void {
    this.#underWay -= 1;
    this.#sinceChange += 1;
    if (trouble) this.#shrink();
    else this.#learn(latencyMs);
    this.#letIn();
  }

  #letIn(): void {
    for (let free = this.size - this.#underWay; free > 0 && this.#waiting.length > 0; free -= 1)
      this.#waiting.shift()?.();
  }

  #shrink(): void {
    this.#starting = false;
    if (this.#sinceChange < this.#size) return;
    this.#size = Math.max(1, this.#size / 2);
    this.#sinceChange = 0;
  }

  /** Not before the average tells of the size that it has now. */
  #ease(): void {
    if (this.#size <= leastEased || this.#sinceChange < Math.max(this.#size, answersToSettle)) return;
    this.#size = Math.max(leastEased, this.#size * 0.75);
    this.#sinceChange = 0;
  }

  #learn(latencyMs: number): void {
    this.#quickestMs = Math.min(this.#quickestMs, latencyMs);
    this.#averageMs = this.#averageMs === 0 ? latencyMs : this.#averageMs * 0.9 + latencyMs * 0.1;
    const slower = this.#averageMs / (Math.max(1, this.#quickestMs) * Math.max(1, this.#size / 8));
    if (slower > 2) this.#starting = false;
    if (slower > 4) this.#ease();
    if (slower > 2 || this.#sinceChange < this.#size) return;
    this.#size = Math.min(this.#most, this.#starting ? this.#size * 2 : this.#size + 1);
    this.#sinceChange = 0;
  }
}
