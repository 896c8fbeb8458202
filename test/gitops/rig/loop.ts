/** Rounds of one thing that follow each other: at an interval, and at once when woken. Never two at a time. */
export class Loop {
  readonly #round: () => Promise<void>;
  readonly #name: string;
  readonly #done: Promise<void>;
  #intervalMs: number;
  #stopped = false;
  #woken = false;
  #wake: () => void = () => undefined;

  constructor(name: string, intervalMs: number, round: () => Promise<void>) {
    this.#name = name;
    this.#intervalMs = intervalMs;
    this.#round = round;
    this.#done = this.#run();
  }

  setInterval(ms: number): void {
    this.#intervalMs = ms;
    this.wake();
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Lets the round that runs come to its end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    await this.#pause();
    while (!this.#stopped) {
      this.#woken = false;
      try {
        await this.#round();
      } catch (error) {
        // Servers are cut off and restarted under it; the next round tries again.
        if (process.env['MAESTRO_CLI_RIG_DEBUG'] !== undefined) console.error(`${this.#name}: ${String(error)}`);
      }
      if (!this.#woken) await this.#pause();
    }
  }

  #pause(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#intervalMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
