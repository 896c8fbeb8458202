import { slept, type Clock } from '../../../clock.ts';

/** So long passes between two pictures that nobody asked for by a key. */
const liveEveryMs = 100;

/**
 * Decides when a picture is drawn: at once after a key; of what came by itself at most ten times a second, so that a
 * slow line carries keys and not news that is replaced before it has been seen.
 */
export class Pace {
  readonly #draw: () => void;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isDue = false;

  constructor(draw: () => void, clock: Clock, signal: AbortSignal) {
    this.#draw = draw;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** After a key. */
  now(): void {
    this.#isDue = false;
    this.#lastMs = this.#clock.monotonicMs();
    this.#draw();
  }

  /** After news; may be called as often as there is some. */
  soon(): void {
    if (this.#isDue || this.#signal.aborted) return;
    this.#isDue = true;
    const leftMs = Math.max(0, this.#lastMs + liveEveryMs - this.#clock.monotonicMs());
    void slept(this.#clock, leftMs, this.#signal).then((isOver) => {
      if (isOver && this.#isDue) this.now();
    });
  }

  /** Until the signal ends it, draws now and then: ages grow, whatever happens. */
  async tick(everyMs: number): Promise<void> {
    while (await slept(this.#clock, everyMs, this.#signal)) this.soon();
  }
}
