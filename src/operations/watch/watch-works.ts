import { setMaxListeners } from 'node:events';
import type { BundleFilter, SetAsideRow, StatusEvent, UnreadableEvent, WorkReader } from '../../clients/index.ts';
import { equalities } from '../../core/label-selector.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { reportsDeletion } from '../../core/works/report-order.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { backoffMs } from '../../core/back-off.ts';
import { ChangeChooser, type ChangeFilter } from './change-filter.ts';
import { LatestQueue } from '../../works/latest-queue.ts';
import { SeenWorks } from './seen-works.ts';
import { followStream, type StreamDeps, type StreamOptions, type StreamSession } from '../../works/stream.ts';
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

export interface WatchQuery extends ChangeFilter {
  readonly source: string;
  /** Only this consumer. */
  readonly consumer?: string;
}

export interface WatchDeps extends StreamDeps {
  readonly reader: WorkReader;
  readonly onState?: (state: WatchState, error?: MaestroError) => void;
  /** Told of a work whose row cannot be read, each time it is read; the watch goes on with the others. */
  readonly onSetAside?: (row: SetAsideRow) => void;
}

export interface WatchOptions extends StreamOptions {
  /** Pause between pages of a whole read, so that a reconnect is no burst on the server. */
  readonly pagePauseMs?: number;
}

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
 * @throws MaestroError for a mistake that cannot heal (no right to subscribe),
 *   the signal's reason when aborted
 */
export async function* watchWorks(
  query: WatchQuery,
  deps: WatchDeps,
  options: WatchOptions,
): AsyncGenerator<WorkChange> {
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
  const chooser = new ChangeChooser(query);
  const give = (change: WorkChange): void => {
    if (seen.isNews(change) && chooser.isWanted(change)) queue.put(change.id, change);
  };
  let catching = new CatchUp(query, deps, options, seen, give);
  await followStream(query.source, deps, options, {
    onConnecting: () => {
      catching = new CatchUp(query, deps, options, seen, give);
      deps.onState?.('connecting');
    },
    onReady: (session) => session.beside(catching.readAll(session)),
    onEvent: (event, session) => catching.takeEvent(event, session),
    onUnreadable: (event, session) => catching.takeUnreadable(event, session),
    onWaiting: (error) => deps.onState?.('waiting', error),
  });
}

/** What belongs to one stream: the whole read beside it, and the reads of what its events lack. */
class CatchUp {
  readonly #query: WatchQuery;
  readonly #deps: WatchDeps;
  readonly #options: WatchOptions;
  readonly #seen: SeenWorks;
  readonly #give: (change: WorkChange) => void;
  readonly #toRead = new Set<string>();

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

  /** Reads every work once, paced, trying again until it is whole. */
  async readAll(session: StreamSession): Promise<void> {
    const { signal } = session;
    const { clock, onState, random, reader } = this.#deps;
    onState?.('catching-up');
    try {
      for (let failures = 0; ; failures += 1) {
        try {
          this.#seen.beginRead();
          const options = { signal, deadlineMs: clock.monotonicMs() + readTimeoutMs };
          for await (const page of reader.listBundles(
            { where: whereOf(this.#query), pageSize, onSetAside: this.#setAside },
            options,
          )) {
            for (const bundle of page) this.#give(changeOfBundle(bundle));
            if (page.length === pageSize) await clock.sleep(this.#options.pagePauseMs ?? 20, signal);
          }
          for (const missing of this.#seen.takeMissing()) this.#give(goneChange(missing));
          session.proved();
          onState?.('live');
          return;
        } catch (caught) {
          if (signal.aborted) return;
          const error = MaestroError.from(caught);
          if (!error.retryable && error.code !== 'timeout') throw error;
          await clock.sleep(backoffMs(failures, random, 250, 30_000), signal);
        }
      }
    } catch (caught) {
      if (!signal.aborted) session.fail(MaestroError.from(caught));
    }
  }

  readonly #setAside = (row: SetAsideRow): void => {
    this.#seen.keep(row.id);
    this.#deps.onSetAside?.(row);
  };

  takeEvent(event: StatusEvent, session: StreamSession): void {
    if (this.#query.consumer !== undefined && event.consumer !== this.#query.consumer) return;
    const change = changeOfEvent(event, this.#seen.versionOf(event.id));
    // Without its manifests a work would look applied when nothing of it is; REST has them.
    if (change === undefined) this.#readLater(event.id, session);
    else this.#give(change);
  }

  /** What it tells is read from REST, if it can be. */
  takeUnreadable({ id, consumer }: UnreadableEvent, session: StreamSession): void {
    if (this.#query.consumer === undefined || consumer === this.#query.consumer) this.#readLater(id, session);
  }

  #readLater(id: string, session: StreamSession): void {
    const first = this.#toRead.size === 0;
    this.#toRead.add(id);
    if (first) session.beside(this.#readChosen(session));
  }

  async #readChosen(session: StreamSession): Promise<void> {
    const { signal } = session;
    try {
      while (this.#toRead.size > 0) {
        const ids = [...this.#toRead].slice(0, idsPerRead);
        const options = { signal, deadlineMs: this.#deps.clock.monotonicMs() + readTimeoutMs };
        for await (const page of this.#deps.reader.listBundles(
          { where: { ids }, onSetAside: this.#setAside },
          options,
        )) {
          for (const bundle of page) this.#give(changeOfBundle(bundle));
        }
        for (const id of ids) this.#toRead.delete(id);
      }
    } catch (caught) {
      if (!signal.aborted) session.fail(MaestroError.from(caught));
    }
  }
}

function whereOf({ source, consumer, labels = [] }: WatchQuery): BundleFilter {
  return { source, consumers: consumer === undefined ? undefined : [consumer], labels: equalities(labels) };
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
  const deleted = reportsDeletion(event.status);
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

function goneChange(missing: {
  readonly id: string;
  readonly consumer: string;
  readonly name: string;
  readonly version: number;
}): WorkChange {
  return { kind: 'gone', ...missing, createdAt: '', labels: {}, manifests: [], seenBy: 'list' };
}
