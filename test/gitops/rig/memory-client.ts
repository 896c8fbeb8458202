import type { JsonObject } from '../../../src/core/json.ts';
import { parsePath, verbOf } from './api-request.ts';
import { ObjectClient } from './kube-client.ts';
import type { Answer, Kind, WatchEvent } from './kube-client.ts';
import type { MemoryStore } from './memory-store.ts';

/** A client of objects that are in this process: what a spoke without an API server gives its agents. */
export class MemoryClient extends ObjectClient {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore, fieldManager: string) {
    super(fieldManager);
    this.#store = store;
  }

  override send(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const url = new URL(path, 'https://memory');
    const address = parsePath(url.pathname);
    if (address === undefined) return Promise.resolve({ status: 404, body: { message: path } });
    const verb = verbOf(method, address.name !== undefined, null);
    const request = { ...address, verb, contentType, query: url.searchParams };
    return Promise.resolve(this.#store.answer(request, body as JsonObject | readonly JsonObject[] | undefined));
  }

  /** From now on: nothing comes between a list and its watch here but what the store has told of already. */
  override async *watch(kind: Kind, _: string, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const events: WatchEvent[] = this.#store.list(kind).map((object) => ({ type: 'MODIFIED', object }));
    let wake: () => void = () => undefined;
    const stop = this.#store.onChange((changed, event) => {
      if (changed.group !== kind.group || changed.resource !== kind.resource) return;
      events.push(event);
      wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        for (let event = events.shift(); event !== undefined; event = events.shift()) yield event;
        if (!signal.aborted && events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
    }
  }

  override close(): void {
    // Nothing is open.
  }
}
