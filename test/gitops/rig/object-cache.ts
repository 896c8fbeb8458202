import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind, KubeClient, KubeObject } from './kube-client.ts';

/** The objects of one kind as a watch tells of them. */
export class ObjectCache {
  readonly #objects = new Map<string, KubeObject>();
  readonly #client: KubeClient;
  readonly #kind: Kind;
  readonly #changed: () => void;
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;

  constructor(client: KubeClient, kind: Kind, changed: () => void) {
    this.#client = client;
    this.#kind = kind;
    this.#changed = changed;
    this.#done = this.#run();
  }

  objects(): KubeObject[] {
    return [...this.#objects.values()];
  }

  /** Takes in what a write answered, so that the next look does not see the state before it. */
  keep(object: KubeObject): void {
    const known = this.#objects.get(keyOf(object));
    if (known === undefined || Number(known.metadata.resourceVersion) > Number(object.metadata.resourceVersion)) return;
    this.#objects.set(keyOf(object), object);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch {
        // Cut off or too old: list again.
      }
      if (!signal.aborted) await sleep(100, undefined, { signal }).catch(() => undefined);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.#client.list(this.#kind);
    this.#objects.clear();
    for (const item of items) this.#objects.set(keyOf(item), item);
    this.#changed();
    for await (const { type, object } of this.#client.watch(this.#kind, resourceVersion, signal)) {
      if (type === 'ERROR') return;
      if (type === 'BOOKMARK') continue;
      if (type === 'DELETED') this.#objects.delete(keyOf(object));
      else if (Number(this.#objects.get(keyOf(object))?.metadata.resourceVersion ?? 0) <= Number(object.metadata.resourceVersion)) {
        this.#objects.set(keyOf(object), object);
      }
      this.#changed();
    }
  }
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}
