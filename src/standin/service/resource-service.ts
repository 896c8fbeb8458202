import { parsePayload, bundleOf, parseStatus } from './bundle.ts';
import type { StatusEvent } from './bundle.ts';
import { decodeProblem } from './decode-problem.ts';
import { manifestsProblem } from './manifest-validation.ts';
import { conflict, general, invalid, notFound } from './service-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredWork } from '../store/types.ts';
import type { Timestamps } from '../time.ts';

/** A spec event once decoded. */
export interface WorkWrite {
  readonly id: string;
  readonly consumerName: string;
  readonly source: string;
  readonly version: number;
  /** The whole CloudEvent as JSON text. */
  readonly payload: string;
}

/** Those who hear of accepted changes: the agents of writes, the subscribers of reports. */
export interface WorkListener {
  /** A work was created, updated, or marked as deleting. */
  written?(work: StoredWork): void;
  /** A report was accepted, or it said Deleted, whereupon the row is gone. */
  reported?(work: StoredWork, event: StatusEvent): void;
}

/**
 * The rules of Maestro's resource service: versions, conflicts, soft deletion
 * (recordings/lifecycle.json). Errors are ServiceErrors with the server's texts.
 */
export class ResourceService {
  readonly #store: Store;
  readonly #timestamps: Timestamps;
  readonly #listeners: WorkListener[] = [];

  constructor(store: Store, timestamps: Timestamps) {
    this.#store = store;
    this.#timestamps = timestamps;
  }

  listen(listener: WorkListener): void {
    this.#listeners.push(listener);
  }

  get(id: string): StoredWork {
    const work = this.#store.work(id);
    if (work === undefined) throw notFound('Resource', id);
    return work;
  }

  /** A create that names a version gets that version, otherwise 1. */
  create(write: WorkWrite): void {
    const problem = payloadProblem(write);
    if (problem !== '') throw invalid(`the manifest bundle in the resource is invalid, ${problem}`);
    if (this.#store.work(write.id) !== undefined) throw conflict('This Resource already exists');
    if (this.#store.consumerNamed(write.consumerName) === undefined) {
      throw general(
        'Unable to create Resource: ERROR: insert or update on table "resources" violates foreign key constraint "fk_resources_consumers" (SQLSTATE 23503)',
      );
    }
    const now = this.#timestamps.next();
    this.#save({ ...write, version: write.version === 0 ? 1 : write.version, createdAt: now, updatedAt: now });
  }

  /**
   * Version 0 means the stored one. Any accepted update raises the version, the
   * very same event sent twice too.
   */
  update(write: WorkWrite): void {
    const found = this.get(write.id);
    if (found.deletedAt !== undefined) throw conflict(`the resource is under deletion, id: ${write.id}`);
    if (write.version !== 0 && write.version !== found.version) {
      throw conflict(`the resource version is not the latest, the latest version: ${String(found.version)}`);
    }
    const problem = payloadProblem(write);
    if (problem !== '') throw invalid(`the new manifest bundle in the resource is invalid, ${problem}`);
    this.#save({
      ...found,
      version: found.version + 1,
      payload: write.payload,
      updatedAt: this.#timestamps.next(),
    });
  }

  /** Soft deletion; accepted and without effect when there is nothing left to mark. */
  markAsDeleting(id: string): void {
    const found = this.#store.work(id);
    if (found === undefined || found.deletedAt !== undefined) return;
    this.#save({ ...found, deletedAt: this.#timestamps.next() });
  }

  /**
   * A report of an agent. A stale one, made for another version than the stored or no newer by its sequence id than the
   * stored report, is dropped; one that says Deleted removes the row and is sent on, not stored.
   */
  report(id: string, event: StatusEvent): void {
    const found = this.#store.work(id);
    if (found === undefined) return;
    const deleted = event.conditions.some(({ type, status }) => type === 'Deleted' && status === 'True');
    if (deleted) {
      this.#store.removeWork(id);
      for (const listener of this.#listeners) listener.reported?.(found, event);
      return;
    }
    if (event.resourceVersion !== found.version) return;
    const last = parseStatus(found);
    if (last !== undefined && BigInt(event.sequenceId) <= BigInt(last.sequenceId)) return;
    const reported = { ...found, status: JSON.stringify(event), updatedAt: this.#timestamps.next() };
    this.#store.saveWork(reported);
    for (const listener of this.#listeners) listener.reported?.(reported, event);
  }

  #save(work: StoredWork): void {
    this.#store.saveWork(work);
    for (const listener of this.#listeners) listener.written?.(work);
  }
}

function payloadProblem(write: WorkWrite): string {
  const payload = parsePayload(write);
  const problem = decodeProblem(payload);
  return problem === '' ? manifestsProblem(bundleOf(payload).manifests) : problem;
}
