import { SortedIds, type Ids } from './sorted-ids.ts';

/** With more indexes than these, all of their ids together are quicker to look into than each. */
const mostLookedInto = 8;

/** The ids of several indexes that share none. They are put in order only when they are gone through. */
export class JoinedIds implements Ids {
  readonly #parts: readonly SortedIds[];
  #ordered: SortedIds | undefined;
  #together: ReadonlySet<string> | undefined;

  constructor(parts: readonly SortedIds[]) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  has(id: string): boolean {
    if (this.#parts.length <= mostLookedInto) return this.#parts.some((part) => part.has(id));
    this.#together ??= new Set(this.#parts.flatMap((part) => [...part.after()]));
    return this.#together.has(id);
  }

  after(id?: string): Generator<string> {
    return this.#inOrder().after(id);
  }

  countAfter(id?: string): number {
    return this.#inOrder().countAfter(id);
  }

  #inOrder(): SortedIds {
    this.#ordered ??= new SortedIds(this.#parts.flatMap((part) => [...part.after()]));
    return this.#ordered;
  }
}
