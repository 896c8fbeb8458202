import { SortedIds } from './sorted-ids.ts';

/**
 * Ids by a text, such as the name of a consumer. Most names belong to one work, which then stands here as its bare id.
 */
export class IdIndex {
  readonly #ids = new Map<string, string | SortedIds>();

  add(text: string, id: string): void {
    const known = this.#ids.get(text);
    if (known === undefined) this.#ids.set(text, id);
    else if (known instanceof SortedIds) known.add(id);
    else if (known !== id) this.#ids.set(text, new SortedIds([known, id]));
  }

  remove(text: string, id: string): void {
    const known = this.#ids.get(text);
    if (known === id) this.#ids.delete(text);
    if (!(known instanceof SortedIds)) return;
    known.remove(id);
    if (known.size === 0) this.#ids.delete(text);
  }

  /** To be read only. */
  of(text: string): SortedIds {
    const known = this.#ids.get(text);
    if (known instanceof SortedIds) return known;
    return new SortedIds(known === undefined ? [] : [known]);
  }
}
