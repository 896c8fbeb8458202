import { adapterLabel } from '../works/adapter.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import { ownAnnotationPrefix } from '../works/own-annotations.ts';
import { RefusedError } from './refusal.ts';
import { unitedRecord, type UnitedRecord } from './replaces.ts';

/** An old work that gives objects to a new one. */
export interface Contribution {
  readonly work: ManifestWork;
  /** Managers of those of its objects that go into the new work. */
  readonly given: ReadonlySet<string>;
}

/** Labels and annotations of a new work, and what is to be recorded of where they come from. */
export interface UnitedMaps {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly record: UnitedRecord;
}

/**
 * Unites the labels and annotations of the works that a new one is made of.
 *
 * @param prefer name of the work whose value counts where they differ
 * @throws RefusedError for a key that has two values
 */
export function unitedMaps(contributions: readonly Contribution[], prefer: string | undefined): UnitedMaps {
  const labels = united('labels', contributions, prefer);
  const annotations = united('annotations', contributions, prefer);
  const adapters = adapterOf(contributions);
  return {
    labels: { ...labels.values, ...adapters.label },
    annotations: annotations.values,
    record: { labels: labels.managers, annotations: annotations.managers, adapters: adapters.byManager },
  };
}

type Part = 'labels' | 'annotations';

function united(
  part: Part,
  contributions: readonly Contribution[],
  prefer: string | undefined,
): { readonly values: Readonly<Record<string, string>>; readonly managers: UnitedRecord[Part] } {
  const all = new Set(contributions.flatMap(({ given }) => [...given]));
  const found = new Map<string, { value: string; work: string; readonly managers: Set<string> }>();
  for (const contribution of contributions) {
    for (const [key, value] of Object.entries(contribution.work[part])) {
      if (key === adapterLabel || key.startsWith(ownAnnotationPrefix)) continue;
      const managers = holdersOf(part, key, contribution);
      if (managers.length === 0) continue;
      const before = found.get(key);
      const work = contribution.work.name;
      if (before === undefined) found.set(key, { value, work, managers: new Set(managers) });
      else {
        for (const manager of managers) before.managers.add(manager);
        if (before.value === value) continue;
        if (prefer !== work && prefer !== before.work)
          throw new RefusedError(
            [before.work, work],
            `their ${part} ${key} differ (${JSON.stringify(before.value)}, ${JSON.stringify(value)}), and one work has one value`,
          );
        if (prefer === work) Object.assign(before, { value, work });
      }
    }
  }
  return {
    values: Object.fromEntries([...found].map(([key, { value }]) => [key, value])),
    managers: Object.fromEntries(
      [...found].flatMap(([key, { managers }]) => (managers.size === all.size ? [] : [[key, [...managers].sort()]])),
    ),
  };
}

/** Managers whose objects go into the new work and whose own works had the key, as far as that is on record. */
function holdersOf(part: Part, key: string, { work, given }: Contribution): readonly string[] {
  const record = unitedRecord(work)[part];
  const had = Object.hasOwn(record, key) ? (record[key] ?? []) : undefined;
  return [...given].filter((manager) => had === undefined || had.includes(manager));
}

/** The adapter label tells whose a work is: a work of several has none, and what its parts had is on record. */
function adapterOf(contributions: readonly Contribution[]): {
  readonly label: Readonly<Record<string, string>>;
  readonly byManager: Readonly<Record<string, string>>;
} {
  const byManager = new Map<string, string>();
  const all = new Set(contributions.flatMap(({ given }) => [...given]));
  for (const { work, given } of contributions) {
    const recorded = unitedRecord(work).adapters;
    for (const manager of given) {
      const value = Object.hasOwn(recorded, manager) ? recorded[manager] : work.labels[adapterLabel];
      if (value !== undefined) byManager.set(manager, value);
    }
  }
  const values = new Set(byManager.values());
  const [only] = values;
  if (only !== undefined && values.size === 1 && byManager.size === all.size)
    return { label: { [adapterLabel]: only }, byManager: {} };
  return { label: {}, byManager: Object.fromEntries([...byManager].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
