import { idIn, searchAnd } from '../../clients/rest/search.ts';
import type { WorkReader } from '../../clients/transport.ts';
import { matchesLabels } from '../../core/label-selector.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { workFromBundle } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { readByName, type WorkAddress } from '../find-work.ts';
import { listWorks, type ListRequest } from '../list.ts';

/** The works that a watch looks at: they are read anew with each call. */
export interface WatchedWorks {
  read(budget: Budget): Promise<readonly ResourceBundle[]>;
  /** Every work that was named has been there; always false when none was named. */
  readonly allSeen: boolean;
}

/** Ids in one page of a shared read; keeps the query string short. */
const idsPerPage = 100;

/**
 * Works that were named, read by id as soon as the id is known: our own work
 * of a name, else all of that name, whatever their source.
 */
export class NamedWorks implements WatchedWorks {
  readonly #reader: WorkReader;
  readonly #source: string;
  readonly #addresses: readonly WorkAddress[];
  /** Ids by address; an address without any has not been seen yet. */
  readonly #ids = new Map<WorkAddress, readonly string[]>();

  constructor(reader: WorkReader, addresses: readonly WorkAddress[], source: string) {
    this.#reader = reader;
    this.#addresses = addresses;
    this.#source = source;
  }

  get allSeen(): boolean {
    return this.#ids.size === this.#addresses.length;
  }

  async read(budget: Budget): Promise<readonly ResourceBundle[]> {
    const found = new Map((await readByIds(this.#reader, [...this.#ids.values()].flat(), budget)).map((bundle) => [bundle.id, bundle]));
    for (const address of this.#addresses) {
      if (this.#ids.has(address)) continue;
      const bundles = await this.#find(address, budget);
      if (bundles.length === 0) continue;
      this.#ids.set(address, bundles.map((bundle) => bundle.id));
      for (const bundle of bundles) found.set(bundle.id, bundle);
    }
    return [...found.values()];
  }

  async #find(address: WorkAddress, budget: Budget): Promise<readonly ResourceBundle[]> {
    if (address.by === 'id') {
      const bundle = await this.#reader.getBundle(address.id, budget);
      return bundle === undefined ? [] : [bundle];
    }
    const { name, consumer } = address;
    const own = await this.#reader.getBundle(bundleId(this.#source, consumer, name), budget);
    if (own !== undefined && own.consumerName === consumer && workName(own) === name) return [own];
    return readByName(this.#reader, consumer, name, budget);
  }
}

/**
 * Works that a list finds. One that was found once is followed on when it no
 * longer matches, because not to be listed is not to be deleted.
 */
export class ListedWorks implements WatchedWorks {
  readonly allSeen = false;
  readonly #reader: WorkReader;
  readonly #request: ListRequest;
  readonly #wanted: (bundle: ResourceBundle) => boolean;
  #followed: readonly string[] = [];

  constructor(reader: WorkReader, request: ListRequest, wanted: (bundle: ResourceBundle) => boolean = () => true) {
    this.#reader = reader;
    this.#request = request;
    this.#wanted = wanted;
  }

  async read(budget: Budget): Promise<readonly ResourceBundle[]> {
    const found = new Map<string, ResourceBundle>();
    for await (const page of listWorks(this.#reader, this.#request, budget)) {
      for (const bundle of page) if (this.#isWanted(bundle)) found.set(bundle.id, bundle);
    }
    const missing = this.#followed.filter((id) => !found.has(id));
    for (const bundle of await readByIds(this.#reader, missing, budget)) found.set(bundle.id, bundle);
    this.#followed = [...found.keys()];
    return [...found.values()];
  }

  #isWanted(bundle: ResourceBundle): boolean {
    return matchesLabels(this.#request.selector, workFromBundle(bundle).labels) && this.#wanted(bundle);
  }
}

async function readByIds(reader: WorkReader, ids: readonly string[], budget: Budget): Promise<readonly ResourceBundle[]> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const bundle = await reader.getBundle(only, budget);
    return bundle === undefined ? [] : [bundle];
  }
  const found: ResourceBundle[] = [];
  for (let start = 0; start < ids.length; start += idsPerPage) {
    const search = searchAnd(idIn(ids.slice(start, start + idsPerPage)));
    for await (const page of reader.listBundles({ search }, budget)) found.push(...page);
  }
  return found;
}
