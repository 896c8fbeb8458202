/**
 * Which objects are known, and which of them the current list has shown: a key
 * and a small number each. A list that is begun again counts as another one, so
 * what only its first try had seen is missing from the second.
 */
export class KnownObjects {
  readonly #epochs = new Map<string, number>();
  #epoch = 0;
  #before = 0;

  get size(): number {
    return this.#epochs.size;
  }

  add(key: string): void {
    this.#epochs.set(key, this.#epoch);
  }

  /** Still there, though nothing new is known of it. Does nothing for an unknown key. */
  touch(key: string): void {
    if (this.#epochs.has(key)) this.add(key);
  }

  /** True when it was known. */
  forget(key: string): boolean {
    return this.#epochs.delete(key);
  }

  beginList(): void {
    this.#epoch += 1;
    this.#before = this.#epochs.size;
  }

  /** What a complete list came to: how many it showed, how many were known before, and the keys it lacks. */
  endList(): { readonly listed: number; readonly known: number; readonly missing: readonly string[] } {
    const missing: string[] = [];
    for (const [key, epoch] of this.#epochs) if (epoch !== this.#epoch) missing.push(key);
    return { listed: this.#epochs.size - missing.length, known: this.#before, missing };
  }
}
