import { afterAll, expect } from 'vitest';

/** What was tried against one kind of hostile input, and what held. */
export class Tally {
  readonly #row: string;
  readonly #failures: string[] = [];
  /** How many attacks were run so far. */
  tried = 0;

  /** @param row the name of the row, printed with the counts when the file ends */
  constructor(row: string) {
    this.#row = row;
    afterAll(() => console.log(`${this.#row}: tried ${this.tried}, held ${this.tried - this.#failures.length}`));
  }

  /** Runs one attack; it holds when nothing is thrown. */
  async hold(attack: string, run: () => unknown): Promise<void> {
    this.tried += 1;
    try {
      await run();
    } catch (error) {
      this.#failures.push(`${attack}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Fails with whatever did not hold. */
  expectAllHeld(): void {
    expect(this.#failures).toEqual([]);
  }
}
