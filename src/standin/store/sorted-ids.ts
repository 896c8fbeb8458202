/**
 * Ids in ascending order, for paging by key. Additions are collected and merged
 * when the order is next asked for; removed ids are skipped and swept out once
 * they are the larger part, so that neither needs a sort of everything.
 */
export class SortedIds {
  #sorted: string[] = [];
  #added: string[] = [];
  readonly #live = new Set<string>();
  /** Ids that stand in one of the two lists, live or not. */
  readonly #listed = new Set<string>();

  get size(): number {
    return this.#live.size;
  }

  add(id: string): void {
    this.#live.add(id);
    if (this.#listed.has(id)) return;
    this.#listed.add(id);
    this.#added.push(id);
  }

  remove(id: string): void {
    if (!this.#live.delete(id)) return;
    if (this.#listed.size > 2 * this.#live.size + 64) this.#sweep();
  }

  /** Live ids greater than the given one, ascending; all of them when it is absent. */
  *after(id?: string): Generator<string> {
    this.#merge();
    const ids = this.#sorted;
    for (let at = id === undefined ? 0 : firstAfter(ids, id); at < ids.length; at += 1) {
      const candidate = ids[at];
      if (candidate !== undefined && this.#live.has(candidate)) yield candidate;
    }
  }

  #merge(): void {
    if (this.#added.length === 0) return;
    this.#added.sort();
    const merged: string[] = [];
    const older = this.#sorted;
    const newer = this.#added;
    let left = 0;
    let right = 0;
    while (left < older.length || right < newer.length) {
      const a = older[left];
      const b = newer[right];
      if (b === undefined || (a !== undefined && a < b)) {
        merged.push(a ?? '');
        left += 1;
      } else {
        merged.push(b);
        right += 1;
      }
    }
    this.#sorted = merged;
    this.#added = [];
  }

  #sweep(): void {
    this.#sorted = this.#sorted.filter((id) => this.#live.has(id));
    this.#added = this.#added.filter((id) => this.#live.has(id));
    this.#listed.clear();
    for (const id of this.#live) this.#listed.add(id);
  }
}

function firstAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
