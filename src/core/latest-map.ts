/** A map in the order of its last writes, in which the oldest make room for new ones. */
export class LatestMap<V> extends Map<string, V> {
  readonly #most: number;

  constructor(most: number) {
    super();
    this.#most = most;
  }

  override set(key: string, value: V): this {
    // Taken out first, so that the map stays in the order of time.
    this.delete(key);
    super.set(key, value);
    if (this.size > this.#most) {
      const [oldest = ''] = this.keys();
      this.delete(oldest);
    }
    return this;
  }
}
