/** Waiting times that double from `firstMs` to `mostMs`, each drawn between half and one and a half of that. */
export class BackOff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #random: () => number;
  #failures = 0;

  constructor(firstMs: number, mostMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#random = random;
  }

  /** The wait after one more failure; never shorter than what the server asked for. */
  next(askedMs = 0): number {
    const base = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return Math.max(askedMs, base * (0.5 + this.#random()));
  }

  reset(): void {
    this.#failures = 0;
  }
}
