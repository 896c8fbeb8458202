import type { Context } from '../../context.ts';
import type { WorkChange } from '../../operations/watch/known-works.ts';
import { pollChanges } from '../../operations/watch/change-source.ts';
import { ListedWorks } from '../../operations/watch/watched-works.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { tellTrouble } from '../shared/tell-trouble.ts';
import type { MaestroSession } from '../shared/with-maestro.ts';
import { openFeed } from '../shared/open-feed.ts';
import type { ListOptions } from './options.ts';
import { openChangeOutput } from './output.ts';
import { sortWorks } from './sort.ts';

/** What listing has of the world; `wanted` tells which works it shows. */
export interface ListDeps extends MaestroSession {
  readonly context: Context;
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
  options: ListOptions,
  watch: NonNullable<ListOptions['watch']>,
  deps: ListDeps,
): Promise<void> {
  const works = new ListedWorks(deps.maestro.reader, options, deps.wanted, (error) =>
    deps.reporter.error(error.message),
  );
  const feed =
    watch.via === 'poll'
      ? undefined
      : deps.closeAtEnd(
          openFeed({ source: options.ofSource ?? options.source, wants: (event) => works.wants(event) }, deps),
        );
  const source = pollChanges(
    {
      intervalMs: watch.intervalMs,
      readTimeoutMs,
      read: (budget) => works.read(budget),
      onTrouble: (error) => tellTrouble(error, deps.reporter),
      ...(feed === undefined
        ? {}
        : {
            stream: {
              feed,
              liveIntervalMs: watch.liveIntervalMs,
              readSome: (ids, budget) => works.readSome(ids, budget),
            },
          }),
    },
    deps.budget,
  );
  const print = openChangeOutput(options, deps.context);
  let first = true;
  for await (const { changes } of source) {
    if (first && changes.length === 0) deps.reporter.info('no works found yet');
    print(first && options.sortBy !== undefined ? sorted(changes, options.sortBy) : changes);
    first = false;
    if (deps.context.stdout.fault !== undefined) return;
  }
}

function sorted(changes: readonly WorkChange[], key: NonNullable<ListOptions['sortBy']>): readonly WorkChange[] {
  return sortWorks(
    changes.map(({ bundle }) => bundle),
    key,
  ).map((bundle) => ({ type: 'ADDED', bundle }));
}
