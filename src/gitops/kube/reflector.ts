import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { BackOff } from './back-off.ts';
import { defaultPageSize } from './kube-api.ts';
import type { KubeApi, ListPage, PageQuery, ResourcePath, WatchEvent } from './kube-api.ts';
import { KnownObjects } from './known-objects.ts';
import { GoneError } from './translate-status.ts';
import { TurnTime } from './turn-time.ts';
import { objectAt, textAt } from '../model/fields.ts';

/**
 * - `upsert`: the object as the server has it, after every change and after
 *   every list, changed or not.
 * - `gone`: no longer among the selected ones. `deleted` comes from the watch,
 *   also when only the label went, with the object as it was last seen (`item`);
 *   `missing` from a complete list. GET again before treating it as deleted.
 * - `sweep`: before the `gone` events of a complete list that lacks some we
 *   knew, so that the receiver can put its brake on: `listed` 0 after a
 *   `known` of thousands is more likely a fault than a wish.
 * - `synced`: a complete list has been told.
 */
export type ReflectorEvent<T> =
  | { readonly kind: 'upsert'; readonly key: string; readonly item: T }
  | { readonly kind: 'gone'; readonly key: string; readonly why: 'deleted' | 'missing'; readonly item?: T }
  | { readonly kind: 'sweep'; readonly listed: number; readonly known: number; readonly missing: number }
  | { readonly kind: 'synced'; readonly listed: number; readonly known: number; readonly missing: number };

export interface ReflectorOptions<T> {
  readonly path: ResourcePath;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /**
   * What is kept of an object; undefined leaves it out (and is `gone` when it
   * was known). One that throws is counted and logged, and what was known stays.
   */
  readonly project: (object: JsonObject) => T | undefined;
  /** `<namespace>/<name>` when absent, `<name>` for cluster-scoped kinds. */
  readonly keyOf?: (object: JsonObject) => string;
  /**
   * Called synchronously, in the server's order. What it throws of one object counts as that object
   * being refused; of `sweep` or `synced` it ends the reflector.
   */
  readonly handler: (event: ReflectorEvent<T>) => void;
  readonly pageSize?: number;
  /** 300 when absent; the watch asked for is up to half as long again. */
  readonly watchSeconds?: number;
  /** 90,000 when absent. */
  readonly silenceMs?: number;
}

export interface ReflectorDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  readonly onProblem?: (problem: ReflectorProblem) => void;
}

/** Something to log and count; the reflector goes on by itself. */
export type ReflectorProblem =
  | { readonly kind: 'refused'; readonly key: string; readonly error: MaestroError }
  | {
      readonly kind: 'list-failed' | 'watch-failed' | 'expired';
      readonly error: MaestroError;
      readonly retryInMs: number;
    };

/** Live, for health checks and metrics; read it, never keep a copy. */
export interface ReflectorState {
  /** A complete list has been told at least once. */
  readonly synced: boolean;
  readonly watching: boolean;
  /** Objects known now. */
  readonly items: number;
  /** Monotonic time of the last page, event, bookmark or watch that was taken on; undefined before the first. */
  readonly lastEventMs: number | undefined;
  /** Complete lists. */
  readonly lists: number;
  /** Watches opened after the first. */
  readonly restarts: number;
  readonly refused: number;
  readonly failures: number;
  readonly lastError: MaestroError | undefined;
}

export interface Reflector {
  readonly state: ReflectorState;
  /** Runs until the signal aborts, then resolves. Rejects only when the handler threw, and not for one object. */
  run(signal: AbortSignal): Promise<void>;
}

/** A page may take so long before the list is begun again. */
const pageDeadlineMs = 60_000;
const firstBackOffMs = 500;
const longestBackOffMs = 30_000;
/** A watch that lived for so long and ended without an error was a good one. */
const goodWatchMs = 1_000;
/** After so many refusals of one resource version a new list is made: a restored etcd knows no newer ones. */
const stubbornFailures = 5;

/**
 * Keeps the receiver up to date with the objects of one kind: a paged list,
 * then watches from its resource version, each from where the last one ended.
 * Lists again only when the server has forgotten that version. It remembers the
 * keys of the objects and nothing else of them.
 */
export function reflect<T>(options: ReflectorOptions<T>, deps: ReflectorDeps): Reflector {
  return new ListWatchReflector(options, deps);
}

class ListWatchReflector<T> implements Reflector {
  readonly #options: ReflectorOptions<T>;
  readonly #deps: ReflectorDeps;
  readonly #known = new KnownObjects();
  readonly #backOff: BackOff;
  readonly #state = {
    synced: false,
    watching: false,
    items: 0,
    lastEventMs: undefined as number | undefined,
    lists: 0,
    restarts: 0,
    refused: 0,
    failures: 0,
    lastError: undefined as MaestroError | undefined,
  };
  /** Where the next watch begins; undefined when a list is due. */
  #version: string | undefined;
  #watches = 0;
  #stubborn = 0;
  /** What the handler threw: the one thing that ends `run`. */
  #fault: { readonly error: unknown } | undefined;

  constructor(options: ReflectorOptions<T>, deps: ReflectorDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#backOff = new BackOff(firstBackOffMs, longestBackOffMs, deps.random);
  }

  get state(): ReflectorState {
    return this.#state;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const listing = this.#version === undefined;
      const startMs = this.#deps.clock.monotonicMs();
      try {
        if (listing) await this.#list(signal);
        else await this.#watch(signal);
        const good = listing || this.#deps.clock.monotonicMs() - startMs >= goodWatchMs;
        if (!good) await this.#sleep(this.#backOff.next(), signal);
      } catch (error) {
        if (this.#fault !== undefined) throw this.#fault.error;
        if (signal.aborted) return;
        await this.#sleep(this.#failed(MaestroError.from(error), listing), signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { api, clock } = this.#deps;
    const { path, namespace, labelSelector, pageSize } = this.#options;
    const query: PageQuery = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      limit: pageSize ?? defaultPageSize,
    };
    this.#known.beginList();
    let page: ListPage | undefined;
    do {
      const next: PageQuery = page?.continue === undefined ? query : { ...query, continue: page.continue };
      page = await api.listPage(path, next, { signal, deadlineMs: clock.monotonicMs() + pageDeadlineMs }, (object) =>
        this.#upsert(object),
      );
      this.#state.lastEventMs = clock.monotonicMs();
      for (const object of page.items) this.#upsert(object);
    } while (page.continue !== undefined);
    if (page.resourceVersion === '') {
      throw new MaestroError('unavailable', `the list of ${path.resource} has no resource version`, {
        reason: 'ServerError',
        retryable: true,
      });
    }
    this.#sweep();
    this.#version = page.resourceVersion;
    this.#state.synced = true;
    this.#state.lists += 1;
    this.#succeeded();
  }

  /** Only ever after a complete list: what it did not have is gone. */
  #sweep(): void {
    const { listed, known, missing } = this.#known.endList();
    const counts = { listed, known, missing: missing.length };
    if (missing.length > 0) this.#tell({ kind: 'sweep', ...counts });
    for (const key of missing) {
      this.#known.forget(key);
      this.#tell({ kind: 'gone', key, why: 'missing' });
    }
    this.#tell({ kind: 'synced', ...counts });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { api, clock, random } = this.#deps;
    const { path, namespace, labelSelector, watchSeconds = 300, silenceMs = 90_000 } = this.#options;
    const query = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      resourceVersion: this.#version ?? '',
      timeoutSeconds: Math.round(watchSeconds * (1 + random() / 2)),
    };
    if (this.#watches > 0) this.#state.restarts += 1;
    this.#watches += 1;
    this.#state.watching = true;
    const onOpen = (): void => {
      this.#state.lastEventMs = clock.monotonicMs();
    };
    const turn = new TurnTime();
    try {
      for await (const event of api.watch(path, query, { signal, silenceMs, onOpen })) {
        const startMs = clock.monotonicMs();
        this.#state.lastEventMs = startMs;
        this.#take(event);
        this.#succeeded();
        if (turn.spend(clock.monotonicMs() - startMs)) await this.#sleep(0, signal);
      }
    } finally {
      this.#state.watching = false;
    }
  }

  #take(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      this.#moveTo(event.resourceVersion);
      return;
    }
    if (event.type === 'DELETED') this.#delete(event.object);
    else this.#upsert(event.object);
    this.#moveTo(textAt(objectAt(event.object, 'metadata'), 'resourceVersion'));
  }

  #moveTo(version: string): void {
    if (version !== '') this.#version = version;
  }

  #upsert(object: JsonObject): void {
    const key = this.#keyOf(object);
    const projected = this.#project(object, key);
    if (projected === 'refused') {
      this.#known.touch(key);
    } else if (projected !== undefined) {
      this.#known.add(key);
      this.#tell({ kind: 'upsert', key, item: projected.item });
    } else if (this.#known.forget(key)) {
      this.#tell({ kind: 'gone', key, why: 'deleted' });
    }
  }

  #delete(object: JsonObject): void {
    const key = this.#keyOf(object);
    if (!this.#known.forget(key)) return;
    const projected = this.#project(object, key);
    const last = projected === 'refused' || projected === undefined ? {} : { item: projected.item };
    this.#tell({ kind: 'gone', key, why: 'deleted', ...last });
  }

  #project(object: JsonObject, key: string): { readonly item: T } | 'refused' | undefined {
    try {
      const item = this.#options.project(object);
      return item === undefined ? undefined : { item };
    } catch (error) {
      this.#refused(key, error);
      return 'refused';
    }
  }

  /** One object that nobody can make anything of stops none of the others. */
  #refused(key: string, error: unknown): void {
    this.#state.refused += 1;
    this.#deps.onProblem?.({ kind: 'refused', key, error: MaestroError.from(error) });
  }

  #keyOf(object: JsonObject): string {
    if (this.#options.keyOf !== undefined) return this.#options.keyOf(object);
    const metadata = objectAt(object, 'metadata');
    const namespace = textAt(metadata, 'namespace');
    const name = textAt(metadata, 'name');
    return namespace === '' ? name : `${namespace}/${name}`;
  }

  #tell(event: ReflectorEvent<T>): void {
    this.#state.items = this.#known.size;
    try {
      this.#options.handler(event);
    } catch (error) {
      if (event.kind === 'upsert' || event.kind === 'gone') return this.#refused(event.key, error);
      this.#fault = { error };
      throw error;
    }
  }

  #succeeded(): void {
    this.#backOff.reset();
    this.#stubborn = 0;
    this.#state.lastError = undefined;
  }

  /** Notes a failure and says how long to wait. */
  #failed(error: MaestroError, listing: boolean): number {
    this.#state.failures += 1;
    this.#state.lastError = error;
    const expired = error instanceof GoneError;
    // Refused for what was asked, not for who asked or for being busy.
    const refusesVersion =
      !listing &&
      error.reason !== 'ServerUnreachable' &&
      error.code !== 'access-denied' &&
      error.retryAfterMs === undefined;
    if (refusesVersion) this.#stubborn += 1;
    if (expired || this.#stubborn >= stubbornFailures) {
      this.#version = undefined;
      this.#stubborn = 0;
    }
    const retryInMs = this.#backOff.next(error.retryAfterMs);
    this.#deps.onProblem?.({ kind: expired ? 'expired' : listing ? 'list-failed' : 'watch-failed', error, retryInMs });
    return retryInMs;
  }

  /** Ends early and quietly when aborted: `run` looks at the signal itself. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
