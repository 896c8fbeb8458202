/**
 * Keys in the order in which they came, each once. Taking the first costs the
 * same however many went before: a new iterator over a Set would step over all
 * the places that they left, so one is kept and goes on where it was.
 */
export class KeyLine {
  readonly #keys = new Set<string>();
  #places: Iterator<string> | undefined;
  /** Where the iterator is: the first of the line unless it has left since. */
  #first: string | undefined;

  get size(): number {
    return this.#keys.size;
  }

  /** At the end; one that is there already stays where it is. */
  add(key: string): void {
    this.#keys.add(key);
  }

  delete(key: string): void {
    this.#keys.delete(key);
    if (this.#first === key) this.#first = undefined;
  }

  clear(): void {
    this.#keys.clear();
    this.#places = undefined;
    this.#first = undefined;
  }

  /** The first, which stays; undefined when there is none. */
  first(): string | undefined {
    if (this.#first !== undefined || this.#keys.size === 0) return this.#first;
    this.#places ??= this.#keys.values();
    let next = this.#places.next();
    if (next.done === true) {
      // It has been at the end before these came.
      this.#places = this.#keys.values();
      next = this.#places.next();
    }
    this.#first = next.done === true ? undefined : next.value;
    return this.#first;
  }
}
