import type { AppRecord } from '../index/records.ts';
import { gcLimit, type GcBrake } from '../run/settings.ts';

/** What one sweep found. */
export interface SweepResult {
  /** Applications whose bundles have been without a hub application for two sweeps, and may be asked about. */
  readonly collect: readonly AppRecord[];
  /** All that have none. */
  readonly orphans: number;
  readonly brakeOn: boolean;
}

export interface SweepInput {
  readonly apps: Iterable<AppRecord>;
  readonly hubId: string;
  readonly brake: GcBrake;
  readonly overrideBrake: boolean;
}

/** A bundle may be garbage only after so many sweeps in a row found nothing that it belongs to. */
const passes = 2;

/**
 * Finds bundles of this hub that have no hub application. Bundles of other
 * hubs, and those that the Go controllers wrote, are left alone for ever. Many
 * orphans at once are more likely a fault of ours, or of the hub, than a wish:
 * then none is collected.
 */
export function sweep(input: SweepInput): SweepResult {
  const ripe: AppRecord[] = [];
  let own = 0;
  let orphans = 0;
  for (const app of input.apps) {
    const ours = app.bundles.filter(({ stored }) => stored.managedBy === 'us' && stored.hubId === input.hubId);
    own += ours.length;
    if (app.hub !== undefined || !ours.some(({ stored }) => !stored.deleting)) {
      app.orphanPasses = 0;
      continue;
    }
    orphans += 1;
    app.orphanPasses += 1;
    if (app.orphanPasses >= passes && !app.collecting) ripe.push(app);
  }
  const brakeOn = ripe.length > gcLimit(input.brake, own) && !input.overrideBrake;
  return { collect: brakeOn ? [] : ripe, orphans, brakeOn };
}
