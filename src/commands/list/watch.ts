import type { Context } from '../../context.ts';
import { listWorks } from '../../operations/list.ts';
import { Poller, type ShownChange } from '../../works/poll.ts';
import { ListedWorks } from '../../works/select.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { tellTrouble } from '../shared/watching/tell-trouble.ts';
import type { MaestroSession } from '../shared/with-maestro.ts';
import { openFeed } from '../shared/watching/open-feed.ts';
import type { ListOptions } from './options.ts';
import { openChangeOutput, type ReadyListOptions } from './output.ts';
import { sortWorks } from './sort.ts';

/** What listing has of the world; `wanted` tells which works it shows. */
export interface ListDeps extends MaestroSession {
  readonly context: Pick<Context, 'stdout' | 'clock' | 'env' | 'keepHeapSmall'>;
  readonly wanted: (bundle: ResourceBundle) => boolean;
}

/** Listing many works may take long. */
const readTimeoutMs = 60_000;

/**
 * The list, then a row for each work that changes, until the budget ends. A
 * work that was shown once is followed on when it no longer matches, so that
 * the last row of it is not a lie.
 */
export async function watchList(
  options: ReadyListOptions,
  watch: NonNullable<ListOptions['watch']>,
  deps: ListDeps,
): Promise<void> {
  const { budget, reporter, wanted } = deps;
  const { reader } = deps.maestro;
  const works = new ListedWorks({
    ...options,
    wanted,
    list: (call) => listWorks(reader, options, { ...budget, ...call }, call),
  });
  const poller = new Poller(works, reader, budget);
  const { via, intervalMs, liveIntervalMs } = watch;
  const source = options.ofSource ?? options.source;
  const feed = via === 'poll' ? undefined : openFeed({ source, wants: (event) => poller.wants(event) }, deps);
  const looks = poller.looks({
    intervalMs,
    readTimeoutMs,
    onTrouble: (error) => tellTrouble(error, reporter),
    onUnreadable: (error) => reporter.error(error.message),
    ...(feed === undefined ? {} : { stream: { feed, liveIntervalMs } }),
  });
  const print = await openChangeOutput(options, deps.context);
  let first = true;
  for await (const { changes } of looks) {
    if (first && changes.length === 0) deps.reporter.info('no works found yet');
    print(
      first && options.sortBy !== undefined ? sorted(changes, options.sortBy, deps.context.clock.wallMs()) : changes,
    );
    first = false;
    if (deps.context.stdout.fault !== undefined) return;
  }
}

function sorted(
  changes: readonly ShownChange[],
  by: NonNullable<ListOptions['sortBy']>,
  wallMs: number,
): readonly Pick<ShownChange, 'type' | 'kept'>[] {
  return sortWorks(
    changes.map(({ kept }) => kept),
    by,
    wallMs,
  ).map((kept) => ({ type: 'ADDED', kept }));
}
