/**
 * Lets several writers run so that their steps cross in an order that a test
 * chooses: each waits at every step until all the others wait too (or are
 * done), then one of those that wait goes on. So the order depends on the
 * choices alone and on no timing.
 */
export class Turns {
  readonly #pick: (waiting: number) => number;
  readonly #waiting = new Map<string, () => void>();
  #running: number;
  /** What went on, in order. */
  readonly log: string[] = [];

  constructor(writers: number, pick: (waiting: number) => number) {
    this.#running = writers;
    this.#pick = pick;
  }

  async take(writer: string, step: string): Promise<void> {
    this.#running -= 1;
    await new Promise<void>((resolve) => {
      this.#waiting.set(writer, () => {
        this.log.push(`${writer} ${step}`);
        resolve();
      });
      this.#next();
    });
  }

  leave(): void {
    this.#running -= 1;
    this.#next();
  }

  #next(): void {
    if (this.#running > 0 || this.#waiting.size === 0) return;
    const writers = [...this.#waiting.keys()].sort();
    const chosen = writers[this.#pick(writers.length) % writers.length] ?? '';
    const go = this.#waiting.get(chosen);
    this.#waiting.delete(chosen);
    this.#running += 1;
    go?.();
  }
}

/** Goes through a list of choices, again and again. */
export function choicesOf(numbers: readonly number[]): (waiting: number) => number {
  let at = 0;
  return () => numbers[at++ % numbers.length] ?? 0;
}

/** First these writers, one step each; after that whoever comes first. */
export function inOrder(...order: readonly number[]): (waiting: number) => number {
  let at = 0;
  return () => order[at++] ?? 0;
}
