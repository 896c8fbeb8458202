import { idIn, searchAnd, workNameIn, type CallOptions, type WorkReader } from '../../clients/index.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { directLookup, type WorkLookup } from '../lookup.ts';

/** Ids or names in one search; keeps the query string short. */
const perSearch = 100;

export interface PrefetchTarget {
  readonly id: string;
  readonly consumer: string;
  readonly name: string;
}

/**
 * Answers the questions of planning for many works from a few large reads. What
 * was read is used once: after a conflict the plan is made again, and then
 * Maestro is asked.
 */
export class PrefetchedLookup {
  readonly #reader: WorkReader;
  #consumers: ReadonlySet<string> | undefined;

  constructor(reader: WorkReader) {
    this.#reader = reader;
  }

  /** Reads what is stored for these targets; consumers are read once for all chunks. */
  async prefetch(targets: readonly PrefetchTarget[], options: CallOptions): Promise<WorkLookup> {
    this.#consumers ??= await this.#readConsumers(options);
    const bundles = await this.#readBundles(targets, options);
    const absent = targets.filter(({ id }) => !bundles.has(id));
    const namesakes = await this.#readNamesakes(absent, options);
    const asked = new Set(targets.map(({ id }) => id));
    const askedNames = new Set(absent.map(({ consumer, name }) => `${consumer}/${name}`));
    const direct = directLookup(this.#reader);
    return {
      getBundle: async (id, call) => (asked.has(id) ? bundles.get(id) : direct.getBundle(id, call)),
      findConsumer: async (name) => (this.#consumers?.has(name) ? { name } : undefined),
      worksNamed: async (consumer, name, call) => {
        const key = `${consumer}/${name}`;
        return askedNames.has(key) ? (namesakes.get(key) ?? []) : direct.worksNamed(consumer, name, call);
      },
    };
  }

  async #readConsumers(options: CallOptions): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for await (const page of this.#reader.listConsumers({}, options)) for (const { name } of page) names.add(name);
    return names;
  }

  async #readBundles(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Map<string, ResourceBundle>> {
    const bundles = new Map<string, ResourceBundle>();
    for (let start = 0; start < targets.length; start += perSearch) {
      const ids = targets.slice(start, start + perSearch).map(({ id }) => id);
      for await (const page of this.#reader.listBundles({ search: searchAnd(idIn(ids)), pageSize: perSearch }, options)) {
        for (const bundle of page) bundles.set(bundle.id, bundle);
      }
    }
    return bundles;
  }

  /** Works of other sources that have the name of a new one on its consumer. */
  async #readNamesakes(
    absent: readonly PrefetchTarget[],
    options: CallOptions,
  ): Promise<ReadonlyMap<string, readonly Pick<ResourceBundle, 'id'>[]>> {
    const found = new Map<string, Pick<ResourceBundle, 'id'>[]>();
    const names = [...new Set(absent.map(({ name }) => name))];
    const wanted = new Set(absent.map(({ consumer, name }) => `${consumer}/${name}`));
    for (let start = 0; start < names.length; start += perSearch) {
      const search = searchAnd(workNameIn(names.slice(start, start + perSearch)));
      for await (const page of this.#reader.listBundles({ search }, options)) {
        for (const bundle of page) {
          const key = `${bundle.consumerName}/${workName(bundle)}`;
          if (wanted.has(key)) found.set(key, [...(found.get(key) ?? []), { id: bundle.id }]);
        }
      }
    }
    return found;
  }
}
