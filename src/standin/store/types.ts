import type { Micros } from '../time.ts';

/**
 * A row of `resources`. Payload and status are kept as JSON text: 150,000
 * parsed works would take several times the memory, and nobody can change a
 * text behind the store's back.
 */
export interface StoredWork {
  readonly id: string;
  readonly consumerName: string;
  readonly source: string;
  readonly version: number;
  /**
   * The CloudEvent that wrote it, as one JSON object with sorted keys: attributes, extensions, `metadata` as an object,
   * `data`.
   */
  readonly payload: string;
  /** The last accepted status event, as JSON of StatusEvent; absent until an agent has reported. */
  readonly status?: string;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
  /** Soft deletion: a delete was accepted and the agent has not reported Deleted yet. */
  readonly deletedAt?: Micros;
}

/** A row of `consumers`. */
export interface StoredConsumer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

/** Where changes go so that they survive a restart. Every call is durable when it returns. */
export interface Journal {
  load(): { readonly works: Iterable<StoredWork>; readonly consumers: Iterable<StoredConsumer> };
  saveWork(work: StoredWork): void;
  removeWork(id: string): void;
  saveConsumer(consumer: StoredConsumer): void;
  removeConsumer(id: string): void;
  close(): void;
}
