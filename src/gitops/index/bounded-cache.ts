/**
 * Things that are worth keeping for a moment. When it is full a newcomer is not
 * kept and has to be read again: what came first is needed first, so putting it
 * out would leave a long queue without any.
 */
export class BoundedCache<T> extends Map<string, T> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: string, item: T): this {
    return this.size < this.#most || this.has(key) ? super.set(key, item) : this;
  }
}
