/** So many requests are begun in one turn of the event loop. */
const requestsATurn = 8;

/**
 * Lets the event loop turn while many requests are begun. Node hands the frames
 * of a connection to the system when a turn ends: of 64 requests begun in one
 * turn the server would see none before the last is made, and would then work
 * while nothing is left to do here. Spread over turns, both work at once
 * (docs/performance.md).
 */
export class RequestTurns {
  #left = requestsATurn;
  #turning = false;
  readonly #waiting: (() => void)[] = [];

  /** Takes a place in this turn when there is one left. */
  tryBegin(): boolean {
    if (this.#left === 0) return false;
    this.#left -= 1;
    this.#endTurn();
    return true;
  }

  /** Takes a place in a later turn, in the order of asking. */
  begin(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #endTurn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      const next = this.#waiting.splice(0, requestsATurn);
      this.#left = requestsATurn - next.length;
      if (next.length > 0) this.#endTurn();
      for (const begin of next) begin();
    });
  }
}
