import type { StatusEvent } from '../../clients/transport.ts';
import type { StatusFeed } from '../../works/status-feed.ts';

/** The stream of status events of a roll-out, and which works it is heard for. */
export interface FleetFeed {
  readonly feed: StatusFeed;
  /** A work of this id was written, and is to be waited for. */
  written(id: string): void;
  /** The wait for all that were written begins. */
  waiting(): void;
}

/**
 * A stream that is open before anything is written. What comes while works are
 * written is dropped, so that memory does not grow with the fleet: each wait
 * begins with a read, and hears from then on.
 *
 * @param open opens it for the events that are wanted
 * @param onlyCanary nothing is waited for but the canary
 */
export function fleetFeed(
  open: (wants: (event: Pick<StatusEvent, 'id'>) => boolean) => StatusFeed,
  onlyCanary: boolean,
): FleetFeed {
  const ids = new Set<string>();
  let hears = false;
  let ended = false;
  const feed = open(({ id }) => hears && ids.has(id));
  return {
    feed,
    written: (id) => {
      if (hears) {
        // What was written before has been waited for; behind a canary nothing else may be.
        hears = false;
        ids.clear();
        ended = onlyCanary;
        if (ended) void feed.close();
      }
      if (!ended) ids.add(id);
    },
    waiting: () => {
      hears = true;
    },
  };
}
