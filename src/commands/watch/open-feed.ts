import type { StatusEvent } from '../../clients/index.ts';
import type { Context, Maestro } from '../../context.ts';
import { StatusFeed } from '../../operations/watch/status-feed.ts';
import type { Notices } from '../../output/notices.ts';

export interface FeedRequest {
  readonly source: string;
  /** Events of other works are dropped as they come. */
  readonly wants: (event: StatusEvent) => boolean;
}

/**
 * Opens the stream of a source for one run. That it can not be opened, or
 * broke, is said once on stderr; polling goes on meanwhile.
 */
export function openFeed(
  request: FeedRequest,
  deps: { readonly context: Context; readonly maestro: Maestro; readonly notices: Notices },
): StatusFeed {
  const { context, maestro, notices } = deps;
  let troubled = false;
  return new StatusFeed(
    request.source,
    { subscriber: maestro.subscriber, clock: context.clock, random: context.random },
    {
      signal: context.signal,
      wants: request.wants,
      onTrouble: (error, givenUp) => {
        if (givenUp) notices.warn(`the stream of status events can not be opened: ${error.message}; polling instead`);
        else if (!troubled)
          notices.warn(`the stream of status events is not open: ${error.message}; polling until it is`);
        troubled = true;
      },
      onState: (state) => {
        notices.debug(`stream of status events: ${state}`);
        if (state === 'live') troubled = false;
      },
    },
  );
}
