import { SortedIds } from './sorted-ids.ts';
import type { Journal, StoredConsumer, StoredWork } from './types.ts';

/**
 * All rows, in memory, with the indexes that searches need. Changes go through
 * the journal first, so that what was answered survives a kill.
 */
export class Store {
  readonly #works = new Map<string, StoredWork>();
  readonly #ids = new SortedIds();
  readonly #idsByConsumer = new Map<string, SortedIds>();
  readonly #idsBySource = new Map<string, SortedIds>();
  readonly #consumers = new Map<string, StoredConsumer>();
  readonly #consumerIds = new SortedIds();
  readonly #consumerIdByName = new Map<string, string>();
  readonly #journal: Journal | undefined;
  #revision = 0;

  constructor(journal?: Journal) {
    this.#journal = journal;
    if (journal === undefined) return;
    const { consumers, works } = journal.load();
    for (const consumer of consumers) this.#keepConsumer(consumer);
    for (const work of works) this.#keepWork(work);
  }

  /** Changes with every write; answers computed at one revision are valid while it stays. */
  get revision(): number {
    return this.#revision;
  }

  get workCount(): number {
    return this.#works.size;
  }

  work(id: string): StoredWork | undefined {
    return this.#works.get(id);
  }

  /** In the order of the last write, which is about what PostgreSQL's heap gives without an order. */
  works(): IterableIterator<StoredWork> {
    return this.#works.values();
  }

  /** Ids ascending, of everything, of one consumer or of one source. */
  workIds(index?: { readonly consumerName: string } | { readonly source: string }): SortedIds {
    if (index === undefined) return this.#ids;
    const ids =
      'source' in index ? this.#idsBySource.get(index.source) : this.#idsByConsumer.get(index.consumerName);
    return ids ?? new SortedIds();
  }

  saveWork(work: StoredWork): void {
    this.#journal?.saveWork(work);
    this.#keepWork(work);
  }

  removeWork(id: string): void {
    const work = this.#works.get(id);
    if (work === undefined) return;
    this.#journal?.removeWork(id);
    this.#works.delete(id);
    this.#ids.remove(id);
    this.#idsByConsumer.get(work.consumerName)?.remove(id);
    this.#idsBySource.get(work.source)?.remove(id);
    this.#revision += 1;
  }

  consumer(id: string): StoredConsumer | undefined {
    return this.#consumers.get(id);
  }

  consumerNamed(name: string): StoredConsumer | undefined {
    const id = this.#consumerIdByName.get(name);
    return id === undefined ? undefined : this.#consumers.get(id);
  }

  consumers(): IterableIterator<StoredConsumer> {
    return this.#consumers.values();
  }

  consumerIds(): SortedIds {
    return this.#consumerIds;
  }

  saveConsumer(consumer: StoredConsumer): void {
    this.#journal?.saveConsumer(consumer);
    this.#keepConsumer(consumer);
  }

  removeConsumer(id: string): void {
    const consumer = this.#consumers.get(id);
    if (consumer === undefined) return;
    this.#journal?.removeConsumer(id);
    this.#consumers.delete(id);
    this.#consumerIds.remove(id);
    this.#consumerIdByName.delete(consumer.name);
    this.#revision += 1;
  }

  close(): void {
    this.#journal?.close();
  }

  #keepWork(work: StoredWork): void {
    this.#works.delete(work.id);
    this.#works.set(work.id, work);
    this.#ids.add(work.id);
    indexed(this.#idsByConsumer, work.consumerName).add(work.id);
    indexed(this.#idsBySource, work.source).add(work.id);
    this.#revision += 1;
  }

  #keepConsumer(consumer: StoredConsumer): void {
    this.#consumers.set(consumer.id, consumer);
    this.#consumerIds.add(consumer.id);
    this.#consumerIdByName.set(consumer.name, consumer.id);
    this.#revision += 1;
  }
}

function indexed(index: Map<string, SortedIds>, key: string): SortedIds {
  let ids = index.get(key);
  if (ids === undefined) {
    ids = new SortedIds();
    index.set(key, ids);
  }
  return ids;
}
