import type { ManifestWork } from './manifest-work.ts';
import { labelValueProblems } from './names.ts';

/** Says on works, Jobs and pods which adapter they are of. */
export const adapterLabel = 'hyperfleet.io/adapter';

/** The label of an adapter or manager; none for a name that no label can hold. */
export function adapterLabels(adapter: string | undefined): Readonly<Record<string, string>> {
  return adapter === undefined || adapter === '' || labelValueProblems(adapter).length > 0
    ? {}
    : { [adapterLabel]: adapter };
}

/** The work of an adapter, labelled as such; a label that its document has stays. */
export function labelledWork(work: ManifestWork, adapter: string | undefined): ManifestWork {
  if (adapter === undefined || Object.hasOwn(work.labels, adapterLabel)) return work;
  return { ...work, labels: { ...work.labels, ...adapterLabels(adapter) } };
}

/**
 * The label tells whose the work is, and it is part of what is stored. A write
 * that does not say it leaves it as it is: otherwise a work that is applied now
 * with --adapter and now with --manager would change each time.
 */
export function keepAdapterLabel(desired: ManifestWork, stored: ManifestWork): ManifestWork {
  return labelledWork(desired, stored.labels[adapterLabel]);
}
