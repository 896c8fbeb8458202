import { ownersOf } from '../ownership/owners.ts';
import { objectsOf } from './old-work.ts';
import type { ClusterPlan } from './cluster-plan.ts';

/** Where a manager writes what it wrote to an old work. */
export interface Rename {
  /** The cluster. */
  readonly consumer: string;
  /** Name of the old work. */
  readonly old: string;
  /** Who wrote these objects. */
  readonly manager: string;
  /** Name of the new work, which holds them now. */
  readonly new: string;
  /** As `Kind.group/namespace/name`. */
  readonly objects: readonly string[];
}

/** In the order of the plan. */
export type Renames = readonly Rename[];

/** What becomes of the works of a cluster for whoever writes them, by the old names. Pure. */
export function renames({ consumer, old, new: made }: ClusterPlan, source: string): readonly Rename[] {
  return old.flatMap((one) => {
    const labels = new Set(objectsOf(one.work).map(({ label }) => label));
    return made.flatMap(({ work }): Rename[] => {
      const owners = ownersOf(work, source);
      const byManager = new Map<string, string[]>();
      for (const { label } of objectsOf(work)) {
        if (!labels.has(label)) continue;
        const manager = owners.get(label) ?? source;
        byManager.set(manager, [...(byManager.get(manager) ?? []), label]);
      }
      return [...byManager].map(([manager, objects]) => ({
        consumer,
        old: one.work.name,
        manager,
        new: work.name,
        objects,
      }));
    });
  });
}
