import type { StatusEvent } from '../../clients/index.ts';
import type { Context } from '../../context.ts';
import { StatusFeed } from '../../works/status-feed.ts';
import type { MaestroSession } from './with-maestro.ts';

export interface FeedRequest {
  readonly source: string;
  /** Events of other works are dropped as they come. */
  readonly wants: (event: StatusEvent) => boolean;
}

/**
 * Opens the stream of a source for one run. That it cannot be opened, or
 * broke, is said once on stderr; polling goes on meanwhile.
 */
export function openFeed(
  request: FeedRequest,
  deps: Pick<MaestroSession, 'maestro' | 'reporter'> & {
    readonly context: Pick<Context, 'clock' | 'random' | 'signal'>;
  },
): StatusFeed {
  const { context, maestro, reporter } = deps;
  let troubled = false;
  return new StatusFeed(
    request.source,
    { subscriber: maestro.subscriber, clock: context.clock, random: context.random },
    {
      signal: context.signal,
      wants: request.wants,
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
}
