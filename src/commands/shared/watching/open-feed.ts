import type { StatusEvent } from '../../../clients/index.ts';
import { StatusFeed } from '../../../works/status-feed.ts';
import type { MaestroSession } from '../with-maestro.ts';

export interface FeedRequest {
  readonly source: string;
  /** Events of other works are dropped as they come. */
  readonly wants: (event: StatusEvent) => boolean;
}

/**
 * Opens the stream of a source for one run, and has it closed at its end. That
 * it cannot be opened, or broke, is said once on stderr; polling goes on meanwhile.
 */
export function openFeed(
  { source, wants }: FeedRequest,
  { maestro, budget, reporter, closeAtEnd }: MaestroSession,
): StatusFeed {
  let troubled = false;
  const feed = new StatusFeed(
    source,
    { subscriber: maestro.subscriber, clock: budget.clock, random: budget.random },
    {
      signal: budget.signal,
      wants,
      onTrouble: (error, givenUp) => {
        if (givenUp) reporter.warn(`the stream of status events cannot be opened: ${error.message}; polling instead`);
        else if (!troubled)
          reporter.warn(`the stream of status events is not open: ${error.message}; polling until it is`);
        troubled = true;
      },
      onState: (state) => {
        reporter.debug(`stream of status events: ${state}`);
        if (state === 'live') troubled = false;
      },
    },
  );
  return closeAtEnd(feed);
}
