import type { SetAsideRow } from '../clients/transport.ts';
import type { MaestroError } from '../errors.ts';
import type { FleetOptions } from '../operations/fleet/apply-many.ts';
import type { WatchState } from '../operations/watch/watch-works.ts';
import type { WorkChange } from '../operations/watch/work-change.ts';
import type { CallLimits } from './options.ts';

/** Which works are watched, and who is told how the watch stands. */
export interface WatchWorksOptions {
  /** Ends the watch; the iteration rejects with `interrupted`, and the signal's reason as the cause. */
  readonly signal?: AbortSignal;
  readonly consumer?: string;
  /** `app=web,tier!=db`. */
  readonly selector?: string;
  /** Only works that hold such a manifest: `KIND[.group]/[namespace/]name`, the name may be left out. */
  readonly resource?: string;
  /**
   * Only states of works in which this holds at the stored version: an expression as for a wait, such as
   * `Available=False`. That it holds no longer is not told; the end of a work is.
   */
  readonly condition?: string;
  /** Anything else. */
  readonly accept?: (change: WorkChange) => boolean;
  /** Told each time the watch connects, catches up, is live, waits to reconnect or is closed. */
  readonly onState?: (state: WatchState, error?: MaestroError) => void;
  /** Told of a work whose row cannot be read; the watch goes on with the others. */
  readonly onSetAside?: (row: SetAsideRow) => void;
}

/** All of `FleetOptions` but who writes, and when the whole run ends; one hour when absent. */
export type ApplyManyOptions = Partial<Omit<FleetOptions, 'source' | 'manager'>> & CallLimits;
