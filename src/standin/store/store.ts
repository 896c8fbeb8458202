import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { jsonbText } from '../search/jsonb.ts';
import { IdIndex } from './id-index.ts';
import { SortedIds } from './sorted-ids.ts';
import type { Journal, StoredConsumer, StoredWork } from './types.ts';

/** What an index of works finds: all of a consumer, of a source, of a name (`metadata.name`) or with a label. */
export type WorkIndex =
  | { readonly consumerName: string }
  | { readonly source: string }
  | { readonly workName: string }
  | { readonly label: readonly [name: string, value: string] };

/**
 * All rows, in memory, with the indexes that searches need. Changes go through
 * the journal first, so that what was answered survives a kill.
 */
export class Store {
  readonly #works = new Map<string, StoredWork>();
  readonly #ids = new SortedIds();
  readonly #idsByConsumer = new IdIndex();
  readonly #idsBySource = new IdIndex();
  readonly #idsByName = new IdIndex();
  readonly #idsByLabel = new IdIndex();
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

  /** Ids ascending, of everything or by an index; to be read only. */
  workIds(index?: WorkIndex): SortedIds {
    if (index === undefined) return this.#ids;
    if ('source' in index) return this.#idsBySource.of(index.source);
    if ('consumerName' in index) return this.#idsByConsumer.of(index.consumerName);
    return 'workName' in index ? this.#idsByName.of(index.workName) : this.#idsByLabel.of(labelKey(...index.label));
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
    this.#idsByConsumer.remove(work.consumerName, id);
    this.#idsBySource.remove(work.source, id);
    this.#dropMetadata(work);
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
    const before = this.#works.get(work.id);
    this.#works.delete(work.id);
    this.#works.set(work.id, work);
    this.#revision += 1;
    if (before === undefined) {
      this.#ids.add(work.id);
      this.#idsByConsumer.add(work.consumerName, work.id);
      this.#idsBySource.add(work.source, work.id);
    }
    // A report leaves the payload as it was.
    if (before?.payload === work.payload) return;
    if (before !== undefined) this.#dropMetadata(before);
    const { name, labels } = indexedMetadata(work);
    if (name !== null) this.#idsByName.add(name, work.id);
    for (const label of labels) this.#idsByLabel.add(label, work.id);
  }

  #dropMetadata(work: StoredWork): void {
    const { name, labels } = indexedMetadata(work);
    if (name !== null) this.#idsByName.remove(name, work.id);
    for (const label of labels) this.#idsByLabel.remove(label, work.id);
  }

  #keepConsumer(consumer: StoredConsumer): void {
    this.#consumers.set(consumer.id, consumer);
    this.#consumerIds.add(consumer.id);
    this.#consumerIdByName.set(consumer.name, consumer.id);
    this.#revision += 1;
  }
}

function indexedMetadata(work: StoredWork): { readonly name: string | null; readonly labels: readonly string[] } {
  const { metadata } = JSON.parse(work.payload) as { readonly metadata?: JsonValue };
  if (metadata === undefined || !isJsonObject(metadata)) return { name: null, labels: [] };
  const labels = metadata['labels'];
  return {
    name: jsonbText(metadata['name']),
    labels: Object.entries(labels !== undefined && isJsonObject(labels) ? labels : {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [labelKey(name, value)] : [],
    ),
  };
}

/** Neither part of a label holds a NUL, which PostgreSQL refuses. */
function labelKey(name: string, value: string): string {
  return `${name}\0${value}`;
}
