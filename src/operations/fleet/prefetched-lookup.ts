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
  /** It is going to be written, whatever is stored: a work that was not seen shows by a conflict. */
  readonly written: boolean;
}

/** What was read about some targets. */
interface Found {
  /** Our own works, by id. */
  readonly own: ReadonlyMap<string, ResourceBundle>;
  /** Works of other sources that have the name of a new one on its consumer, by consumer and name. */
  readonly namesakes: ReadonlyMap<string, readonly Pick<ResourceBundle, 'id'>[]>;
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
  /** None of the targets that were read last was stored. */
  #allNew = false;

  constructor(reader: WorkReader) {
    this.#reader = reader;
  }

  /**
   * Reads what is stored for these targets. By id is the quicker way for works
   * that are there; new ones have to be asked for by name as well, and while
   * there are only new ones, that alone says all.
   */
  async prefetch(targets: readonly PrefetchTarget[], options: CallOptions): Promise<WorkLookup> {
    const byName = this.#allNew && targets.every(({ written }) => written);
    const [consumers, { own, namesakes }] = await Promise.all([
      this.#allConsumers(options),
      byName ? this.#readByName(targets, options) : this.#readById(targets, options),
    ]);
    this.#allNew = own.size === 0;
    const asked = new Set(targets.map(({ id }) => id));
    const askedNames = new Set(targets.filter(({ id }) => !own.has(id)).map(keyOf));
    const direct = directLookup(this.#reader);
    return {
      getBundle: async (id, call) => (asked.has(id) ? own.get(id) : direct.getBundle(id, call)),
      findConsumer: async (name) => (consumers.has(name) ? { name } : undefined),
      worksNamed: async (consumer, name, call) => {
        const key = keyOf({ consumer, name });
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

  async #readById(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Found> {
    const own = new Map<string, ResourceBundle>();
    const read = async (ids: readonly string[]): Promise<void> => {
      for await (const page of this.#reader.listBundles({ search: searchAnd(idIn(ids)), pageSize: ids.length + 1 }, options)) {
        for (const bundle of page) own.set(bundle.id, bundle);
      }
    };
    await Promise.all(searchesOf(targets.map(({ id }) => id), (id) => id.length + charactersAround).map(read));
    const { namesakes } = await this.#readByName(targets.filter(({ id }) => !own.has(id)), options);
    return { own, namesakes };
  }

  async #readByName(targets: readonly PrefetchTarget[], options: CallOptions): Promise<Found> {
    const own = new Map<string, ResourceBundle>();
    const namesakes = new Map<string, Pick<ResourceBundle, 'id'>[]>();
    const idOf = new Map(targets.map((target) => [keyOf(target), target.id]));
    const read = async (about: readonly PrefetchTarget[]): Promise<void> => {
      // Fleets give one name to the works of all consumers, so that the name alone would find thousands.
      const consumers = consumerIn([...new Set(about.map(({ consumer }) => consumer))]);
      const names = workNameIn([...new Set(about.map(({ name }) => name))]);
      for await (const page of this.#reader.listBundles({ search: searchAnd(consumers, names) }, options)) {
        for (const bundle of page) {
          const key = keyOf({ consumer: bundle.consumerName, name: workName(bundle) });
          if (idOf.get(key) === bundle.id) own.set(bundle.id, bundle);
          else if (idOf.has(key)) namesakes.set(key, [...(namesakes.get(key) ?? []), { id: bundle.id }]);
        }
      }
    };
    await Promise.all(searchesOf(targets, ({ consumer, name }) => consumer.length + name.length + 2 * charactersAround).map(read));
    return { own, namesakes };
  }
}

function keyOf({ consumer, name }: Pick<PrefetchTarget, 'consumer' | 'name'>): string {
  return `${consumer}/${name}`;
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
