import { setMaxListeners } from 'node:events';
import type { StatusSubscriber, StatusEvent } from '../../clients/index.ts';
import { equals, hasLabels, idIn, searchAnd, sourceIs, type WorkReader } from '../../clients/index.ts';
import { equalities, matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../io/clock.ts';
import { backoffMs } from '../budget.ts';
import { LatestQueue } from './latest-queue.ts';
import { SeenWorks } from './seen-works.ts';
import { identityOf, type WorkChange } from './work-change.ts';

/**
 * Where a watch is:
 * - `connecting`: opening the stream.
 * - `catching-up`: the stream stands, and everything is being read once.
 * - `live`: every change comes as it happens.
 * - `waiting`: the stream broke; the next try comes after a back-off.
 * - `closed`.
 */
export type WatchState = 'connecting' | 'catching-up' | 'live' | 'waiting' | 'closed';

export interface WatchQuery {
  readonly source: string;
  /** Only this consumer. */
  readonly consumer?: string;
  readonly labels?: LabelSelector;
  /** Anything else; changes that it refuses are not given out. `gone` has neither labels nor manifests. */
  readonly accept?: (change: WorkChange) => boolean;
}

export interface WatchDeps {
  readonly subscriber: StatusSubscriber;
  readonly reader: WorkReader;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly onState?: (state: WatchState, error?: MaestroError) => void;
}

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Silence for this long means a dead connection; the server's heartbeat comes every 10 s. */
  readonly silenceMs?: number;
  /** Pause between pages of a whole read, so that a reconnect is no burst on the server. */
  readonly pagePauseMs?: number;
}

const defaultSilenceMs = 30_000;
/** For a whole read; each request in it is bounded by the reader. */
const readTimeoutMs = 3_600_000;
const pageSize = 200;
const idsPerRead = 100;

/**
 * Every work of a source, each time its latest state changes.
 *
 * Maestro replays nothing on connect (recordings/lifecycle.json), so after each
 * (re)connect everything is read once while the stream is drained beside it;
 * then no final state can be missed. Each work's changes come in version and
 * sequence order, without duplicates; a reader that is slower than the changes
 * sees the latest of each work.
 *
 * @throws MaestroError for a mistake that can not heal (no right to subscribe),
 *   the signal's reason when aborted
 */
export async function* watchWorks(query: WatchQuery, deps: WatchDeps, options: WatchOptions): AsyncGenerator<WorkChange> {
  const queue = new LatestQueue<WorkChange>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  setMaxListeners(0, signal);
  const pump = pumpForEver(query, deps, { ...options, signal }, queue).then(
    () => queue.end(),
    (error: unknown) => queue.end(error),
  );
  const onAbort = (): void => queue.end(options.signal.reason);
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      options.signal.throwIfAborted();
      const change = await queue.take();
      if (change === undefined) return;
      yield change;
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    stop.abort(new MaestroError('interrupted', 'the watch was closed'));
    await pump;
    deps.onState?.('closed');
  }
}

async function pumpForEver(
  query: WatchQuery,
  deps: WatchDeps,
  options: WatchOptions,
  queue: LatestQueue<WorkChange>,
): Promise<void> {
  const seen = new SeenWorks();
  const give = (change: WorkChange): void => {
    if (seen.isNews(change) && isWanted(change, query)) queue.put(change.id, change);
  };
  for (let failures = 0; ; failures += 1) {
    options.signal.throwIfAborted();
    deps.onState?.('connecting');
    const session = new Session(query, deps, options, seen, give);
    const error = await session.run();
    if (options.signal.aborted) return;
    if (error !== undefined && !error.mayHeal) throw error;
    if (session.wasLive) failures = 0;
    deps.onState?.('waiting', error);
    try {
      await deps.clock.sleep(backoffMs(failures, deps.random, 250, 30_000), options.signal);
    } catch {
      return;
    }
  }
}

/** One stream, from its opening to its end, and the whole read that belongs to it. */
class Session {
  readonly #query: WatchQuery;
  readonly #deps: WatchDeps;
  readonly #options: WatchOptions;
  readonly #seen: SeenWorks;
  readonly #give: (change: WorkChange) => void;
  readonly #toRead = new Set<string>();
  /** What runs beside the stream and has to end with it. */
  readonly #beside: Promise<void>[] = [];
  #heardAtMs = 0;
  wasLive = false;

  constructor(
    query: WatchQuery,
    deps: WatchDeps,
    options: WatchOptions,
    seen: SeenWorks,
    give: (change: WorkChange) => void,
  ) {
    this.#query = query;
    this.#deps = deps;
    this.#options = options;
    this.#seen = seen;
    this.#give = give;
  }

  /** @returns why the stream ended, undefined when the server ended it well */
  async run(): Promise<MaestroError | undefined> {
    const end = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, end.signal]);
    const beside = this.#beside;
    this.#heardAtMs = this.#deps.clock.monotonicMs();
    try {
      beside.push(this.#watchSilence(end, signal));
      for await (const item of this.#deps.subscriber.subscribe({ source: this.#query.source }, { signal })) {
        this.#heardAtMs = this.#deps.clock.monotonicMs();
        if (item.kind === 'ready') beside.push(this.#readAll(end, signal));
        else if (item.kind === 'status') this.#takeEvent(item, end, signal);
      }
      return undefined;
    } catch (caught) {
      if (this.#options.signal.aborted) return undefined;
      return MaestroError.from(end.signal.aborted ? end.signal.reason : caught);
    } finally {
      end.abort(new MaestroError('unavailable', 'the stream ended', { mayHeal: true }));
      await Promise.all(beside);
    }
  }

  async #watchSilence(end: AbortController, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const silenceMs = this.#options.silenceMs ?? defaultSilenceMs;
    try {
      for (;;) {
        const leftMs = this.#heardAtMs + silenceMs - clock.monotonicMs();
        if (leftMs <= 0) {
          end.abort(new MaestroError('unavailable', `nothing was heard from Maestro for ${silenceMs} ms, not even a heartbeat`, { mayHeal: true }));
          return;
        }
        await clock.sleep(leftMs, signal);
      }
    } catch {
      // The session ended for another reason.
    }
  }

  /** Reads every work once, paced, trying again until it is whole. */
  async #readAll(end: AbortController, signal: AbortSignal): Promise<void> {
    const { clock, onState, random, reader } = this.#deps;
    onState?.('catching-up');
    try {
      for (let failures = 0; ; failures += 1) {
        try {
          this.#seen.beginRead();
          const options = { signal, deadlineMs: clock.monotonicMs() + readTimeoutMs };
          for await (const page of reader.listBundles({ search: searchOf(this.#query), pageSize }, options)) {
            for (const bundle of page) this.#give(changeOfBundle(bundle));
            if (page.length === pageSize) await clock.sleep(this.#options.pagePauseMs ?? 20, signal);
          }
          for (const missing of this.#seen.takeMissing()) this.#give(goneChange(missing));
          this.wasLive = true;
          onState?.('live');
          return;
        } catch (caught) {
          if (signal.aborted) return;
          const error = MaestroError.from(caught);
          if (!error.mayHeal && error.code !== 'timeout') throw error;
          await clock.sleep(backoffMs(failures, random, 250, 30_000), signal);
        }
      }
    } catch (caught) {
      if (!signal.aborted) end.abort(MaestroError.from(caught));
    }
  }

  #takeEvent(event: StatusEvent, end: AbortController, signal: AbortSignal): void {
    if (this.#query.consumer !== undefined && event.consumer !== this.#query.consumer) return;
    const change = changeOfEvent(event, this.#seen.versionOf(event.id));
    // Without its manifests a work would look applied when nothing of it is; REST has them.
    if (change === undefined) this.#readLater(event.id, end, signal);
    else this.#give(change);
  }

  #readLater(id: string, end: AbortController, signal: AbortSignal): void {
    const first = this.#toRead.size === 0;
    this.#toRead.add(id);
    if (first) this.#beside.push(this.#readChosen(end, signal));
  }

  async #readChosen(end: AbortController, signal: AbortSignal): Promise<void> {
    try {
      while (this.#toRead.size > 0) {
        const ids = [...this.#toRead].slice(0, idsPerRead);
        const options = { signal, deadlineMs: this.#deps.clock.monotonicMs() + readTimeoutMs };
        for await (const page of this.#deps.reader.listBundles({ search: searchAnd(idIn(ids)) }, options)) {
          for (const bundle of page) this.#give(changeOfBundle(bundle));
        }
        for (const id of ids) this.#toRead.delete(id);
      }
    } catch (caught) {
      if (!signal.aborted) end.abort(MaestroError.from(caught));
    }
  }
}

function searchOf(query: WatchQuery): string {
  const labels = equalities(query.labels ?? []);
  return searchAnd(
    sourceIs(query.source),
    ...(query.consumer === undefined ? [] : [equals('consumer_name', query.consumer)]),
    ...(Object.keys(labels).length === 0 ? [] : [hasLabels(labels)]),
  );
}

function isWanted(change: WorkChange, query: WatchQuery): boolean {
  if (change.kind !== 'gone' && query.labels !== undefined && !matchesLabels(query.labels, change.labels)) return false;
  return query.accept?.(change) ?? true;
}

export function changeOfBundle(bundle: ResourceBundle): WorkChange {
  return {
    kind: 'status',
    id: bundle.id,
    consumer: bundle.consumerName,
    ...identityOf(bundle.metadata),
    version: bundle.version,
    ...(bundle.deletedAt === undefined ? {} : { deletedAt: bundle.deletedAt }),
    manifests: bundle.manifests,
    ...(bundle.status === undefined ? {} : { status: bundle.status }),
    seenBy: 'list',
  };
}

/**
 * What an event tells; undefined when it lacks the manifests that its status is
 * about. A report can be about an older version than the stored one, which the
 * event does not name.
 */
export function changeOfEvent(event: StatusEvent, knownVersion: number): WorkChange | undefined {
  const bundle = event.data['manifestBundle'];
  const manifests = isJsonObject(bundle) ? bundle['manifests'] : undefined;
  const deleted = event.status.conditions.some(({ type, status }) => type === 'Deleted' && status === 'True');
  const deletedAt = event.metadata['deletionTimestamp'];
  if (!Array.isArray(manifests) && !deleted) return undefined;
  return {
    kind: deleted ? 'deleted' : 'status',
    id: event.id,
    consumer: event.consumer,
    ...identityOf(event.metadata),
    version: Math.max(event.version, knownVersion),
    ...(typeof deletedAt === 'string' ? { deletedAt } : {}),
    manifests: Array.isArray(manifests) ? (manifests as readonly JsonObject[]) : [],
    status: event.status,
    seenBy: 'stream',
  };
}

function goneChange(missing: { readonly id: string; readonly consumer: string; readonly name: string; readonly version: number }): WorkChange {
  return { kind: 'gone', ...missing, createdAt: '', labels: {}, manifests: [], seenBy: 'list' };
}
