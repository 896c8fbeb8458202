/** As long as one piece of work may hold the event loop: probes, leases and other connections wait meanwhile. */
const longestTurnMs = 5;

/** Adds up the time that work takes between the moments at which others get the event loop. */
export class TurnTime {
  #spentMs = 0;

  /** @returns true when it was long enough that others should have their turn; it then begins anew */
  spend(ms: number): boolean {
    this.#spentMs += ms;
    if (this.#spentMs < longestTurnMs) return false;
    this.#spentMs = 0;
    return true;
  }
}
