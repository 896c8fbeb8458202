import { randomUUID } from 'node:crypto';
import { isDns1123Label } from './kubernetes-names.ts';
import { conflict, forbidden, general, notFound } from './service-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredConsumer } from '../store/types.ts';
import type { Timestamps } from '../time.ts';

type Labels = Readonly<Record<string, string>>;

/** Consumers over REST, with the answers of recordings/consumers.json. */
export class ConsumerService {
  readonly #store: Store;
  readonly #timestamps: Timestamps;

  constructor(store: Store, timestamps: Timestamps) {
    this.#store = store;
    this.#timestamps = timestamps;
  }

  get(id: string): StoredConsumer {
    const consumer = this.#store.consumer(id);
    if (consumer === undefined) throw notFound('Consumer', id);
    return consumer;
  }

  /** A consumer without a name is named after its id. */
  create(name: string, labels: Labels): StoredConsumer {
    const id = randomUUID();
    if (name !== '') {
      const [problem] = isDns1123Label(name);
      if (problem !== undefined) {
        throw general(`Unable to create Consumer: consumer.name: Invalid value: ${JSON.stringify(name)}: ${problem}`);
      }
    }
    if (this.#store.consumerNamed(name) !== undefined) throw conflict('This Consumer already exists');
    const now = this.#timestamps.next();
    const consumer = { id, name: name === '' ? id : name, labels, createdAt: now, updatedAt: now };
    this.#store.saveConsumer(consumer);
    return consumer;
  }

  /** Replaces the whole label map; absent labels leave it. */
  patch(id: string, labels: Labels | undefined): StoredConsumer {
    const found = this.get(id);
    const consumer = { ...found, labels: labels ?? found.labels, updatedAt: this.#timestamps.next() };
    this.#store.saveConsumer(consumer);
    return consumer;
  }

  /** A missing consumer is no error; one with bundles, soft-deleted ones included, is kept. */
  delete(id: string): void {
    const found = this.#store.consumer(id);
    if (found === undefined) return;
    if (this.#store.workIds({ consumerName: found.name }).size > 0) {
      throw forbidden(
        'Unable to delete Consumer: ERROR: update or delete on table "consumers" violates foreign key constraint "fk_resources_consumers" on table "resources" (SQLSTATE 23503)',
      );
    }
    this.#store.removeConsumer(id);
  }
}
