import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { slept } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import { defaultPageSize } from './kube-api.ts';
import type { CallerDeps, ListPage, PageQuery, ResourcePath, WatchEvent } from './kube-api.ts';
import { KnownObjects } from './known-objects.ts';
import { GoneError } from './translate-status.ts';
import { TurnTime } from './turn-time.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';

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
  readonly labelSelector?: string;
  /**
   * What is kept of an object; undefined leaves it out (and is `gone` when it
   * was known). One that throws is counted and logged, and what was known stays.
   */
  readonly project: (object: JsonObject) => T | undefined;
  /**
   * Called synchronously, in the server's order. What it throws of one object counts as that object
   * being refused; of `sweep` or `synced` it ends the reflector.
   */
  readonly handler: (event: ReflectorEvent<T>) => void;
  readonly pageSize?: number;
  /** 90,000 when absent. */
  readonly silenceMs?: number;
}

export type ReflectorDeps = CallerDeps<ReflectorProblem>;

/** Something to log and count; the reflector goes on by itself. */
export type ReflectorProblem =
  | { readonly kind: 'refused'; readonly key: string; readonly error: MaestroError }
  | {
      readonly kind: 'list-failed' | 'watch-failed' | 'expired';
      readonly error: MaestroError;
      readonly retryInMs: number;
    };

/** Live, for health checks and metrics; read it, never keep a copy. */
class ReflectorState {
  /** A complete list has been told at least once. */
  synced = false;
  watching = false;
  /** Objects known now. */
  items = 0;
  /** Monotonic time of the last page, event, bookmark or watch that was taken on; undefined before the first. */
  lastEventMs: number | undefined;
  /** Complete lists. */
  lists = 0;
  /** Watches opened after the first. */
  restarts = 0;
  refused = 0;
  failures = 0;
}

export type Reflector = Pick<ListWatchReflector<unknown>, 'state' | 'run'>;

/** A page may take so long before the list is begun again. */
const pageDeadlineMs = 60_000;
/** The watch asked for is up to half as long again. */
const watchSeconds = 300;
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

class ListWatchReflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #deps: ReflectorDeps;
  readonly #known = new KnownObjects();
  readonly #state = new ReflectorState();
  /** Where the next watch begins; undefined when a list is due. */
  #version: string | undefined;
  #watches = 0;
  #stubborn = 0;
  /** Failures since something last went well, for the back-off. */
  #inARow = 0;
  /** What the handler threw: the one thing that ends `run`. */
  #fault: { readonly error: unknown } | undefined;

  constructor(options: ReflectorOptions<T>, deps: ReflectorDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get state(): Readonly<ReflectorState> {
    return this.#state;
  }

  /** Runs until the signal aborts, then resolves. Rejects only when the handler threw, and not for one object. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const listing = this.#version === undefined;
      const startMs = this.#deps.clock.monotonicMs();
      try {
        if (listing) await this.#list(signal);
        else await this.#watch(signal);
        const good = listing || this.#deps.clock.monotonicMs() - startMs >= goodWatchMs;
        if (!good) await slept(this.#deps.clock, this.#waitMs(), signal);
      } catch (error) {
        if (this.#fault !== undefined) throw this.#fault.error;
        if (signal.aborted) return;
        await slept(this.#deps.clock, this.#failed(MaestroError.from(error), listing), signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { api, clock } = this.#deps;
    const { path, labelSelector, pageSize } = this.#options;
    const query: PageQuery = {
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
        transient: true,
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
    const { path, labelSelector, silenceMs = 90_000 } = this.#options;
    const query = {
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
        if (turn.spend(clock.monotonicMs() - startMs)) await slept(clock, 0, signal);
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

  /** `<namespace>/<name>`, or `<name>` for cluster-scoped kinds. */
  #keyOf(object: JsonObject): string {
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
    this.#inARow = 0;
    this.#stubborn = 0;
  }

  /** Notes a failure and says how long to wait. */
  #failed(error: MaestroError, listing: boolean): number {
    this.#state.failures += 1;
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
    const retryInMs = Math.max(error.retryAfterMs ?? 0, this.#waitMs());
    this.#deps.onProblem?.({ kind: expired ? 'expired' : listing ? 'list-failed' : 'watch-failed', error, retryInMs });
    return retryInMs;
  }

  /** Spread from half to one and a half, because all watches of a hub that was away wait at once. */
  #waitMs(): number {
    this.#inARow += 1;
    return backoffMs(this.#inARow - 1, () => 2 * this.#deps.random(), firstBackOffMs, longestBackOffMs);
  }
}
