import type { JsonObject } from '../json.ts';
import { contentText } from '../works/compare.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import { bundleData, storedContent } from '../works/document.ts';
import { toWireJson } from '../json.ts';
import { withTextMaps } from '../works/text-maps.ts';
import { managersOf, type ManagerSource } from './managers.ts';
import { guessPattern, objectsOf, type Pattern } from './old-work.ts';

/** What a migration has to know of one work. */
export interface InventoryWork {
  /** Of the work. */
  readonly name: string;
  /** That is stored. */
  readonly version: number;
  /** Of its manifests, sorted. */
  readonly managers: readonly string[];
  /** How they are known: `record` on the work, its `name`, or the `source`, where nobody else is. */
  readonly managersFrom: ManagerSource;
  /** Its objects as `Kind.group/namespace/name`. */
  readonly objects: readonly string[];
  /** How many it has. */
  readonly manifestConfigs: number;
  /** What becomes of its objects when it is deleted: `Foreground`, `Orphan` or `SelectivelyOrphan`. */
  readonly deleteOption: string;
  /** It is applied with the rights of a service account. */
  readonly executor: boolean;
  /** Of its data as JSON, in bytes. */
  readonly bytes: number;
  /** Since when it is being deleted, RFC 3339. */
  readonly deletedAt?: string;
}

/** An object that several works hold. */
export interface InventoryShared {
  /** `Kind.group/namespace/name`. */
  readonly object: string;
  /** Their names. */
  readonly works: readonly string[];
  /** They hold it with different content, so that they overwrite each other. */
  readonly differs: boolean;
}

/** What a source has stored for one cluster. */
export interface InventoryCluster {
  /** The cluster. */
  readonly consumer: string;
  /** The one that its works look like; absent for a cluster without works. */
  readonly pattern?: Pattern;
  /** By name. */
  readonly works: readonly InventoryWork[];
  /** Objects that several of the works hold. */
  readonly shared: readonly InventoryShared[];
}

/** In the order of the consumers. */
export type Inventory = readonly InventoryCluster[];

/** Takes stock of the works of one source on one cluster. Pure. */
export function inventoryOf(
  consumer: string,
  source: string,
  bundles: readonly ResourceBundle[],
  hasExecutor: (id: string) => boolean,
): InventoryCluster {
  const held = new Map<string, { readonly works: string[]; readonly contents: Set<string> }>();
  const works = bundles.map((bundle): InventoryWork => {
    const work = storedContent(bundle);
    const objects = objectsOf(work);
    for (const { label, manifests } of objects) {
      const one = held.get(label) ?? { works: [], contents: new Set<string>() };
      held.set(label, one);
      one.works.push(work.name);
      one.contents.add(textOf(manifests));
    }
    const known = [...managersOf({ work }, { consumer, source, managerOf: {} }).values()];
    const policy = work.deleteOption?.['propagationPolicy'];
    return {
      name: work.name,
      version: bundle.version,
      managers: [...new Set(known.map(({ manager }) => manager))].sort(),
      managersFrom: known[0]?.from ?? 'source',
      objects: objects.map(({ label }) => label),
      manifestConfigs: work.manifestConfigs.length,
      deleteOption: typeof policy === 'string' && policy !== '' ? policy : 'Foreground',
      executor: hasExecutor(bundle.id),
      bytes: Buffer.byteLength(toWireJson(bundleData(work))),
      ...(bundle.deletedAt === undefined ? {} : { deletedAt: bundle.deletedAt }),
    };
  });
  return {
    consumer,
    ...(works.length === 0 ? {} : { pattern: guessPattern(bundles) }),
    works,
    shared: [...held]
      .filter(([, one]) => one.works.length > 1)
      .map(([object, one]) => ({ object, works: one.works, differs: one.contents.size > 1 })),
  };
}

function textOf(manifests: readonly JsonObject[]): string {
  return JSON.stringify(manifests.map((manifest) => contentText(withTextMaps(manifest))));
}
