import { setMaxListeners } from 'node:events';
import type { SetAsideRow, StatusEvent, WorkReader } from '../../clients/transport.ts';
import type { JsonObject } from '../../core/json.ts';
import { equalities, matchesLabels } from '../../core/label-selector.ts';
import { reportsDeletion } from '../../core/works/report-order.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { Follower, type WorkTaker } from '../../works/follow.ts';
import { manifestsOf } from '../../works/event-content.ts';
import { LatestQueue } from '../../works/latest-queue.ts';
import { WorkStore, type Change, type Projection } from '../../works/store.ts';
import type { StreamDeps, StreamOptions, StreamState } from '../../works/stream.ts';
import { ChangeChooser, type ChangeFilter } from './change-filter.ts';
import { identityOf, type WorkChange } from './work-change.ts';

/** Where a watch is. */
export type WatchState = StreamState;

export interface WatchQuery extends ChangeFilter {
  readonly source: string;
  /** Only this consumer. */
  readonly consumer?: string;
}

export interface WatchDeps extends StreamDeps {
  readonly reader: Pick<WorkReader, 'listBundles' | 'getBundles'>;
  readonly onState?: (state: WatchState, error?: MaestroError) => void;
  /** Told of a work whose row cannot be read, each time it is read; the watch goes on with the others. */
  readonly onSetAside?: (row: SetAsideRow) => void;
}

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
  options: StreamOptions,
): AsyncGenerator<WorkChange> {
  const queue = new LatestQueue<WorkChange>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  setMaxListeners(0, signal);
  const following = follower(query, deps, queue)
    .run(signal)
    .then(
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
    await following;
    deps.onState?.('closed');
  }
}

/** Of a work that is gone, its name is all that is left to tell; a watch of many works is to stay small. */
const namesAlone: Projection<string> = {
  ofRow: (row) => workName(row),
  // Without its manifests a work would look applied when nothing of it is; REST has them.
  ofReport: (event) =>
    manifestsOf(event) === undefined && !reportsDeletion(event.status) ? undefined : identityOf(event.metadata).name,
};

function follower(query: WatchQuery, deps: WatchDeps, queue: LatestQueue<WorkChange>): Follower {
  const { source, consumer, labels = [] } = query;
  const store = new WorkStore({ projection: namesAlone, clock: deps.clock });
  const chooser = new ChangeChooser(query);
  const give = (change: WorkChange): void => {
    if (chooser.isWanted(change)) queue.put(change.id, change);
  };
  /** The end of each work that ended, and what is there now when that is news. */
  const giveAll = (changes: readonly Change<string>[], now: () => WorkChange): void => {
    for (const change of changes) give(change.type === 'DELETED' && !change.seen ? goneChange(change) : now());
  };
  // Lists do not show a work of other labels: if it were kept, each reconnect would have it asked for by its id.
  const isOther = (id: string, metadata: JsonObject): boolean =>
    store.get(id) === undefined && !matchesLabels(labels, identityOf(metadata).labels);
  const taker: WorkTaker = {
    beginRead: () => store.beginRead(),
    row: (row, read) => {
      if (isOther(row.id, row.metadata)) return;
      const { changes, mustRead } = store.takeRow(row, read);
      giveAll(changes, () => changeOfBundle(row));
      if (mustRead) following.readSoon(row.id);
    },
    event: (event) => {
      const tellsLabels = manifestsOf(event) !== undefined && !reportsDeletion(event.status);
      if (tellsLabels && isOther(event.id, event.metadata)) return;
      const { changes, mustRead } = store.takeEvent(event);
      const last = changes.at(-1);
      const known = last?.type === 'DELETED' ? last.known : store.get(event.id);
      giveAll(changes, () => changeOfEvent(event, known?.version ?? 0));
      if (mustRead) following.readSoon(event.id, event.status);
    },
    unreadable: (row, read) => {
      store.keep(row.id, read);
      deps.onSetAside?.(row);
    },
    unreadableEvent: ({ id }) => following.readSoon(id),
    missing: (read) => [...store.missing(read)].map(({ id }) => id),
    absent: (id, read) => {
      for (const change of store.endRead(read, [id])) if (change.type === 'DELETED') give(goneChange(change));
    },
    awaited: () => [],
    standing: () => [],
    state: (state, error) => deps.onState?.(state, error),
  };
  const where = {
    source,
    ...(consumer === undefined ? {} : { consumers: [consumer] }),
    labels: equalities(labels),
  };
  const following = new Follower(
    { where, wants: (event) => consumer === undefined || event.consumer === consumer },
    deps,
    taker,
  );
  return following;
}

function changeOfBundle(bundle: ResourceBundle): WorkChange {
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

/** What an event tells. A report can be about an older version than the stored one, which the event does not name. */
function changeOfEvent(event: StatusEvent, knownVersion: number): WorkChange {
  const deletedAt = event.metadata['deletionTimestamp'];
  return {
    kind: reportsDeletion(event.status) ? 'deleted' : 'status',
    id: event.id,
    consumer: event.consumer,
    ...identityOf(event.metadata),
    version: Math.max(event.version, knownVersion),
    ...(typeof deletedAt === 'string' ? { deletedAt } : {}),
    manifests: manifestsOf(event) ?? [],
    status: event.status,
    seenBy: 'stream',
  };
}

function goneChange({ id, known }: Extract<Change<string>, { readonly type: 'DELETED' }>): WorkChange {
  const { consumer, kept: name, version } = known;
  return { kind: 'gone', id, consumer, name, version, createdAt: '', labels: {}, manifests: [], seenBy: 'list' };
}
