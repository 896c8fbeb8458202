import type { StatusFeed } from '../../../works/status-feed.ts';
import type { MaestroSession } from '../../shared/with-maestro.ts';
import type { ApplyOptions } from '../options.ts';

/** The stream of status events of a roll-out, and which works it is heard for. */
export interface FleetFeed {
  readonly feed: StatusFeed;
  /** A work of this id was written, and is to be waited for. */
  written(id: string): void;
  /** The wait for all that were written begins. */
  waiting(): void;
}

/**
 * Opens the stream before anything is written, when the options want one. What
 * comes while works are written is dropped, so that memory does not grow with
 * the fleet: each wait begins with a read, and hears from then on.
 */
export async function openFleetFeed(options: ApplyOptions, session: MaestroSession): Promise<FleetFeed | undefined> {
  if (options.via !== 'stream') return undefined;
  const { openFeed } = await import('../../shared/open-feed.ts');
  const ids = new Set<string>();
  let hears = false;
  let ended = false;
  const wants = ({ id }: { readonly id: string }): boolean => hears && ids.has(id);
  const feed = openFeed({ source: options.source, wants }, session);
  return {
    feed,
    written: (id) => {
      if (hears) {
        // What was written before has been waited for; behind a canary nothing else may be.
        hears = false;
        ids.clear();
        ended = options.await === undefined;
        if (ended) void feed.close();
      }
      if (!ended) ids.add(id);
    },
    waiting: () => {
      hears = true;
    },
  };
}
