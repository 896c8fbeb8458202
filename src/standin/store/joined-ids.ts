import { SortedIds, type Ids } from './sorted-ids.ts';

/** The ids of several indexes that share none. They are put in order only when they are gone through. */
export class JoinedIds implements Ids {
  readonly #parts: readonly SortedIds[];
  #ordered: SortedIds | undefined;

  constructor(parts: readonly SortedIds[]) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.reduce((sum, { size }) => sum + size, 0);
  }

  has(id: string): boolean {
    return this.#parts.some((part) => part.has(id));
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
