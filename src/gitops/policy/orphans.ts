import type { AppFacts } from '../index/facts.ts';
import { gcLimit, type GcBrake } from '../run/settings.ts';

/** What one sweep found. */
export interface SweepResult {
  /** Applications whose bundles have been without a hub application for two sweeps, and may be asked about. */
  readonly collect: readonly AppFacts[];
  /** Those that were not without one in the sweep before. */
  readonly found: readonly AppFacts[];
  /** Bundles of this hub, with an application or without. */
  readonly own: number;
  /** All that have none. */
  readonly orphans: number;
  readonly brakeOn: boolean;
}

/** A bundle may be garbage only after so many sweeps in a row found nothing that it belongs to. */
const passes = 2;

/**
 * Finds bundles of this hub that have no hub application: looks at one
 * application after the other, so that somebody else may have the event loop in
 * between. Bundles of other hubs, and those that the Go controllers wrote, are
 * left alone for ever.
 */
export class OrphanSweep {
  readonly #hubId: string;
  readonly #leftTo: (cluster: string) => string | undefined;
  readonly #seen: AppFacts[] = [];
  readonly #found: AppFacts[] = [];
  #own = 0;
  #orphans = 0;

  /** @param leftTo bundles of a cluster that is left to somebody else are neither garbage nor counted */
  constructor(hubId: string, leftTo: (cluster: string) => string | undefined) {
    this.#hubId = hubId;
    this.#leftTo = leftTo;
  }

  /**
   * @param before what the sweeps before came to, and whether its bundles are being collected already
   * @returns sweeps in a row, with this one, that found no hub application for its bundles
   */
  look(app: AppFacts, before: { readonly passes: number; readonly collecting: boolean }): number {
    const ours = app.bundles.filter(
      ({ stored }) =>
        stored.managedBy === 'us' && stored.hubId === this.#hubId && this.#leftTo(stored.consumer) === undefined,
    );
    this.#own += ours.length;
    if (app.hub !== undefined || !ours.some(({ stored }) => !stored.deleting)) return 0;
    this.#orphans += 1;
    const count = before.passes + 1;
    if (count === 1) this.#found.push(app);
    if (!before.collecting) this.#seen.push(app);
    return count;
  }

  /**
   * Many orphans at once are more likely a fault of ours, or of the hub, than a
   * wish: then none is collected.
   *
   * @param passesOf as `look` counted; 0 for one whose application was seen since
   */
  result(
    { brake, overrideBrake }: { readonly brake: GcBrake; readonly overrideBrake: boolean },
    passesOf: (app: AppFacts) => number,
  ): SweepResult {
    const ripe = this.#seen.filter((app) => app.hub === undefined && passesOf(app) >= passes);
    const brakeOn = ripe.length > gcLimit(brake, this.#own) && !overrideBrake;
    return { collect: brakeOn ? [] : ripe, found: this.#found, own: this.#own, orphans: this.#orphans, brakeOn };
  }
}
