/**
 * Things that are worth keeping for a moment. When it is full a newcomer is not
 * kept and has to be read again: what came first is needed first, so putting it
 * out would leave a long queue without any.
 */
export class BoundedCache<T> {
  readonly #most: number;
  readonly #items = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#items.size;
  }

  put(key: string, item: T): void {
    if (this.#items.size < this.#most || this.#items.has(key)) this.#items.set(key, item);
  }

  get(key: string): T | undefined {
    return this.#items.get(key);
  }

  delete(key: string): void {
    this.#items.delete(key);
  }
}
