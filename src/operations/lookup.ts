import type { CallOptions, WorkReader } from '../clients/index.ts';
import { bundleId } from '../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { knownSource } from './source.ts';
import { replacedBy } from '../core/migration/replaces.ts';
import { storedContent } from '../core/works/document.ts';
import { readByName } from './find-work.ts';
import type { SharedObject } from '../core/ownership/shared-object.ts';

/** A work by its name on a consumer, as a source would own it. */
export interface NamedWork {
  readonly source: string;
  readonly consumer: string;
  readonly name: string;
}

/** What stands where a work is to be written, or deleted. */
export interface StoredState {
  /** The id that the work has, or would have. */
  readonly id: string;
  /** What is stored under the id; it may be another work, as ids join consumer and name. */
  readonly bundle?: ResourceBundle;
  /** False only where nothing is stored under the id. */
  readonly consumerExists: boolean;
  /**
   * Where nothing is stored under the id: the works of that name on the consumer, so of other sources, the deleting
   * ones included.
   */
  readonly namesakes: readonly Pick<ResourceBundle, 'id'>[];
}

/** Answers what planning a write asks; a fleet answers from reads of many at once, and then without waiting. */
export interface WorkLookup {
  /** What is stored of a work, and whether that was read already. */
  read(work: NamedWork, options: CallOptions): StoredState | Promise<StoredState>;
  /**
   * The work of the same source that a migration put in the place of the named one; undefined when there is none. Such
   * a name must not be written to any more.
   */
  replacement(work: NamedWork, options: CallOptions): string | undefined | Promise<string | undefined>;
  /**
   * Objects that the write of the work with this id brings and that other works hold as well; undefined when nobody
   * looked.
   */
  shared?(id: string): readonly SharedObject[] | undefined;
  /** Whether the stored work of this id was found to have no executor; false when nobody looked. */
  lacksExecutor?(id: string): boolean;
}

/** A work that is going away, or somebody else's, stands in nobody's way. */
export function isReplacement(bundle: ResourceBundle, { source, name }: Pick<NamedWork, 'source' | 'name'>): boolean {
  return (
    bundle.deletedAt === undefined &&
    knownSource(bundle, source) === source &&
    replacedBy(storedContent(bundle)).includes(name)
  );
}

/** Asks Maestro each time. */
export function directLookup(reader: WorkReader): WorkLookup {
  return {
    read: async ({ source, consumer, name }, options) => {
      const id = bundleId(source, consumer, name);
      const bundle = await reader.getBundle(id, options);
      if (bundle !== undefined) return { id, bundle, consumerExists: true, namesakes: [] };
      const consumerExists = (await reader.findConsumer(consumer, options)) !== undefined;
      const named = consumerExists ? await readByName(reader, consumer, name, options) : [];
      // One that has appeared under the id meanwhile is our own: a create will be answered with a conflict.
      return { id, consumerExists, namesakes: named.filter((found) => found.id !== id) };
    },
    replacement: async ({ source, consumer, name }, options) => {
      const where = { consumers: [consumer], replacing: name };
      for await (const page of reader.listBundles({ where }, options)) {
        const found = page.find((bundle) => isReplacement(bundle, { source, name }));
        if (found !== undefined) return workName(found);
      }
      return undefined;
    },
  };
}
