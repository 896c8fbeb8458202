import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './kube-client.ts';
import type { Kind, KubeObject, ObjectClient, Ref } from './kube-client.ts';

/** Told of each change; of one that was made or is gone, the other side is undefined. */
export type Changed = (before: KubeObject | undefined, after: KubeObject | undefined) => void;

/** The objects of one kind as a watch tells of them. */
export class ObjectCache {
  readonly #objects = new Map<string, KubeObject>();
  readonly #client: ObjectClient;
  readonly #kind: Kind;
  readonly #changed: Changed;
  readonly #ending = new AbortController();
  readonly #done: Promise<void>;
  #watching = false;

  constructor(client: ObjectClient, kind: Kind, changed: Changed = () => undefined) {
    this.#client = client;
    this.#kind = kind;
    this.#changed = changed;
    this.#done = this.#run();
  }

  objects(): KubeObject[] {
    return [...this.#objects.values()];
  }

  get({ namespace = '', name }: Ref): KubeObject | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  /** True once it has listed what there was. */
  get watching(): boolean {
    return this.#watching;
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
      } catch (error) {
        // Cut off or too old: list again. Objects of a kind that is no longer served are gone.
        if (error instanceof ApiError && error.status === 404) for (const object of this.objects()) this.#drop(object);
      }
      if (!signal.aborted) await sleep(100, undefined, { signal }).catch(() => undefined);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { items, resourceVersion } = await this.#client.list(this.#kind);
    const gone = new Map(this.#objects);
    for (const item of items) {
      gone.delete(keyOf(item));
      this.#take(item);
    }
    for (const object of gone.values()) this.#drop(object);
    this.#watching = true;
    for await (const { type, object } of this.#client.watch(this.#kind, resourceVersion, signal)) {
      if (type === 'ERROR') return;
      if (type === 'DELETED') this.#drop(object);
      else if (type !== 'BOOKMARK') this.#take(object);
    }
  }

  #take(object: KubeObject): void {
    const before = this.#objects.get(keyOf(object));
    if (Number(before?.metadata.resourceVersion ?? 0) <= Number(object.metadata.resourceVersion))
      this.#objects.set(keyOf(object), object);
    this.#changed(before, object);
  }

  #drop(object: KubeObject): void {
    const before = this.#objects.get(keyOf(object));
    this.#objects.delete(keyOf(object));
    this.#changed(before, undefined);
  }
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}
