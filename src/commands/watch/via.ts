import type { FlagSpec } from '../../command-line/command-spec.ts';
import type { FlagReader } from '../../command-line/flag-values.ts';
import type { Context, Maestro } from '../../context.ts';
import type { StatusEvent } from '../../clients/index.ts';
import { StatusFeed } from '../../operations/watch/status-feed.ts';
import type { Notices } from '../../output/notices.ts';

export const ways = ['stream', 'poll'] as const;

/** How changes are learned of: down a stream of status events beside reading, or by reading alone. */
export type Way = (typeof ways)[number];

export function viaFlag(defaultWay: Way, about: string): FlagSpec {
  return { flags: '--via <way>', about: `${ways.join(' or ')}: ${about}`, defaultText: defaultWay };
}

/** @throws MaestroError usage for another way */
export function viaOf(flags: FlagReader, defaultWay: Way): Way {
  return flags.oneOf('via', ways) ?? defaultWay;
}

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
        else if (!troubled) notices.warn(`the stream of status events is not open: ${error.message}; polling until it is`);
        troubled = true;
      },
      onState: (state) => {
        notices.debug(`stream of status events: ${state}`);
        if (state === 'live') troubled = false;
      },
    },
  );
}
