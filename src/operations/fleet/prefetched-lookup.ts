import { consumerIn, idIn, searchAnd, workNameIn, type CallOptions, type WorkReader } from '../../clients/index.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { directLookup, type WorkLookup } from '../lookup.ts';

/** Proxies take some 8 KiB of request line; around each value stand quotes and an encoded comma. */
const charactersPerSearch = 6_000;
const charactersAround = 5;
/** Rows of consumers are short, and nothing can be written before all of them are known. */
const consumersPerPage = 2_000;

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
  /** Read once for all chunks, also for those that ask at the same time. */
  #consumers: Promise<ReadonlySet<string>> | undefined;

  constructor(reader: WorkReader) {
    this.#reader = reader;
  }

  /** Reads what is stored for these targets. */
  async prefetch(targets: readonly PrefetchTarget[], options: CallOptions): Promise<WorkLookup> {
    const [consumers, bundles] = await Promise.all([this.#allConsumers(options), this.#readBundles(targets, options)]);
    const absent = targets.filter(({ id }) => !bundles.has(id));
    const namesakes = await this.#readNamesakes(absent, options);
    const asked = new Set(targets.map(({ id }) => id));
    const askedNames = new Set(absent.map(({ consumer, name }) => `${consumer}/${name}`));
    const direct = directLookup(this.#reader);
    return {
      getBundle: async (id, call) => (asked.has(id) ? bundles.get(id) : direct.getBundle(id, call)),
      findConsumer: async (name) => (consumers.has(name) ? { name } : undefined),
      worksNamed: async (consumer, name, call) => {
        const key = `${consumer}/${name}`;
        return askedNames.has(key) ? (namesakes.get(key) ?? []) : direct.worksNamed(consumer, name, call);
      },
    };
  }

  async #allConsumers(options: CallOptions): Promise<ReadonlySet<string>> {
    this.#consumers ??= this.#readConsumers(options);
    try {
      return await this.#consumers;
    } catch (error) {
      // The next chunk asks again.
      this.#consumers = undefined;
      throw error;
    }
  }

  async #readConsumers(options: CallOptions): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for await (const page of this.#reader.listConsumers({ pageSize: consumersPerPage }, options)) for (const { name } of page) names.add(name);
    return names;
  }

  async #readBundles(targets: readonly PrefetchTarget[], options: CallOptions): Promise<ReadonlyMap<string, ResourceBundle>> {
    const bundles = new Map<string, ResourceBundle>();
    const read = async (ids: readonly string[]): Promise<void> => {
      for await (const page of this.#reader.listBundles({ search: searchAnd(idIn(ids)), pageSize: ids.length + 1 }, options)) {
        for (const bundle of page) bundles.set(bundle.id, bundle);
      }
    };
    await Promise.all(searchesOf(targets.map(({ id }) => id), (id) => id.length + charactersAround).map(read));
    return bundles;
  }

  /** Works of other sources that have the name of a new one on its consumer. */
  async #readNamesakes(
    absent: readonly PrefetchTarget[],
    options: CallOptions,
  ): Promise<ReadonlyMap<string, readonly Pick<ResourceBundle, 'id'>[]>> {
    const found = new Map<string, Pick<ResourceBundle, 'id'>[]>();
    const wanted = new Set(absent.map(({ consumer, name }) => `${consumer}/${name}`));
    const read = async (about: readonly PrefetchTarget[]): Promise<void> => {
      // Fleets give one name to the works of all consumers, so that the name alone would find thousands.
      const consumers = consumerIn([...new Set(about.map(({ consumer }) => consumer))]);
      const names = workNameIn([...new Set(about.map(({ name }) => name))]);
      for await (const page of this.#reader.listBundles({ search: searchAnd(consumers, names) }, options)) {
        for (const bundle of page) {
          const key = `${bundle.consumerName}/${workName(bundle)}`;
          if (wanted.has(key)) found.set(key, [...(found.get(key) ?? []), { id: bundle.id }]);
        }
      }
    };
    await Promise.all(searchesOf(absent, ({ consumer, name }) => consumer.length + name.length + 2 * charactersAround).map(read));
    return found;
  }
}

/** Cut into parts that a search can ask for. */
function searchesOf<T>(items: readonly T[], charactersOf: (item: T) => number): readonly (readonly T[])[] {
  const searches: T[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const item of items) {
    characters += charactersOf(item);
    const last = searches.at(-1);
    if (last !== undefined && characters <= charactersPerSearch) last.push(item);
    else {
      searches.push([item]);
      characters = charactersOf(item);
    }
  }
  return searches;
}
