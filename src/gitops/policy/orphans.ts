import type { AppRecord } from '../index/records.ts';
import { gcLimit, type GcBrake } from '../run/settings.ts';

/** What one sweep found. */
export interface SweepResult {
  /** Applications whose bundles have been without a hub application for two sweeps, and may be asked about. */
  readonly collect: readonly AppRecord[];
  /** Those that were not without one in the sweep before. */
  readonly found: readonly AppRecord[];
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
  readonly #ripe: AppRecord[] = [];
  readonly #found: AppRecord[] = [];
  #own = 0;
  #orphans = 0;

  constructor(hubId: string) {
    this.#hubId = hubId;
  }

  look(app: AppRecord): void {
    const ours = app.bundles.filter(({ stored }) => stored.managedBy === 'us' && stored.hubId === this.#hubId);
    this.#own += ours.length;
    if (app.hub !== undefined || !ours.some(({ stored }) => !stored.deleting)) {
      app.orphanPasses = 0;
      return;
    }
    this.#orphans += 1;
    app.orphanPasses += 1;
    if (app.orphanPasses === 1) this.#found.push(app);
    if (app.orphanPasses >= passes && !app.collecting) this.#ripe.push(app);
  }

  /**
   * Many orphans at once are more likely a fault of ours, or of the hub, than a
   * wish: then none is collected.
   */
  result({ brake, overrideBrake }: { readonly brake: GcBrake; readonly overrideBrake: boolean }): SweepResult {
    // One may have got its application since it was looked at.
    const ripe = this.#ripe.filter(({ hub, orphanPasses }) => hub === undefined && orphanPasses >= passes);
    const brakeOn = ripe.length > gcLimit(brake, this.#own) && !overrideBrake;
    return { collect: brakeOn ? [] : ripe, found: this.#found, orphans: this.#orphans, brakeOn };
  }
}
