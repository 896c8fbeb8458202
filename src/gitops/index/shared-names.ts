/**
 * Who wants a name. Nearly always one, so that one is kept as a plain string:
 * there are hundreds of thousands of names.
 */
export class SharedNames {
  readonly #takers = new Map<string, string | string[]>();

  join(name: string, taker: string): void {
    const takers = this.#takers.get(name);
    if (takers === undefined) this.#takers.set(name, taker);
    else if (typeof takers === 'string') {
      if (takers !== taker) this.#takers.set(name, [takers, taker]);
    } else if (!takers.includes(taker)) takers.push(taker);
  }

  leave(name: string, taker: string): void {
    const left = this.takers(name).filter((other) => other !== taker);
    const [first] = left;
    if (first === undefined) this.#takers.delete(name);
    else this.#takers.set(name, left.length === 1 ? first : left);
  }

  /** In the order in which they came. */
  takers(name: string): readonly string[] {
    const takers = this.#takers.get(name);
    if (takers === undefined) return [];
    return typeof takers === 'string' ? [takers] : takers;
  }
}
