import type { SetAsideRow, WorkReader } from '../../clients/transport.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { readByName } from '../find-work.ts';
import { remainingMs, type Budget } from '../budget.ts';
import type { WaitTarget } from './judge.ts';

/** A search over all works of a consumer costs the server more than a read by id. */
const searchEveryMs = 2_000;
const searchTimeoutMs = 10_000;

/** The one work of a name, or that it is there and cannot be read. */
export type FoundByName = { readonly bundle: ResourceBundle } | { readonly unreadable: SetAsideRow };

/**
 * Finds works that other sources create while they are waited for under an id
 * of ours: reading, too, finds a work of any source when it is the only one of
 * its name on the consumer.
 */
export class NameSearch {
  readonly #reader: WorkReader;
  #searchedAtMs: number | undefined;

  constructor(reader: WorkReader) {
    this.#reader = reader;
  }

  /**
   * The works of another id that have the names of these targets, by the
   * target's id, or the row of one that cannot be read; empty between two
   * searches. Names that several works have are left out: nobody can tell which
   * is meant.
   */
  async find(absent: readonly WaitTarget[], budget: Budget): Promise<ReadonlyMap<string, FoundByName>> {
    const found = new Map<string, FoundByName>();
    const monotonicMs = budget.clock.monotonicMs();
    // The caller has looked for the names before it began to wait.
    this.#searchedAtMs ??= monotonicMs;
    if (absent.length === 0 || monotonicMs - this.#searchedAtMs < searchEveryMs || remainingMs(budget) <= 0)
      return found;
    this.#searchedAtMs = monotonicMs;
    const options = { signal: budget.signal, deadlineMs: Math.min(budget.deadlineMs, monotonicMs + searchTimeoutMs) };
    for (const { id, consumer, name } of absent) {
      const unreadable: SetAsideRow[] = [];
      const onSetAside = (row: SetAsideRow): void => void unreadable.push(row);
      const [only, ...others] = await readByName(this.#reader, consumer, name, { ...options, onSetAside });
      const [bad] = unreadable;
      if (bad !== undefined && only === undefined) found.set(id, { unreadable: bad });
      else if (only !== undefined && others.length + unreadable.length === 0 && only.id !== id)
        found.set(id, { bundle: only });
    }
    return found;
  }
}
