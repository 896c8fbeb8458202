/**
 * What one reconciler keeps of each application, by its key, and nobody else
 * writes. Made when there is first something to keep: of most there is nothing.
 * The index makes them, and forgets with an application what is kept of it.
 */
export class States<S extends object> {
  readonly #states = new Map<string, S>();
  readonly #make: () => S;
  readonly #isKnown: (key: string) => boolean;
  readonly #untouched: Readonly<S>;

  constructor(make: () => S, isKnown: (key: string) => boolean) {
    this.#make = make;
    this.#isKnown = isKnown;
    this.#untouched = Object.freeze(make());
  }

  /** To read; one that nothing is kept in when there is none. */
  get(key: string): Readonly<S> {
    return this.#states.get(key) ?? this.#untouched;
  }

  /** To write. For an application that is gone by now it is kept nowhere. */
  edit(key: string): S {
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const state = this.#make();
    if (this.#isKnown(key)) this.#states.set(key, state);
    return state;
  }

  forget(key: string): void {
    this.#states.delete(key);
  }
}
