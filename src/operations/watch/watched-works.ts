import type { StatusEvent } from '../../clients/index.ts';
import type { SetAsideRow, WorkReader } from '../../clients/transport.ts';
import { matchesLabels } from '../../core/label-selector.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { storedContent } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { MaestroError } from '../../errors.ts';
import type { Budget } from '../budget.ts';
import { readByName, type WorkAddress } from '../find-work.ts';
import { listWorks, type ListRequest } from '../list.ts';
import { manifestsOf } from './watch-works.ts';
import { reportsDeletion } from '../../core/works/report-order.ts';
import { identityOf } from './work-change.ts';

/** The works that a watch looks at: they are read anew with each call. */
export interface WatchedWorks {
  read(budget: Budget): Promise<readonly ResourceBundle[]>;
  /** Whether an event on the stream may be about one of them. */
  wants(event: StatusEvent): boolean;
  /** Reads works that the stream told of; those that are not looked at are left out. */
  readSome(ids: readonly string[], budget: Budget): Promise<readonly ResourceBundle[]>;
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
    const found = new Map(
      (await readByIds(this.#reader, [...this.#ids.values()].flat(), budget)).map((bundle) => [bundle.id, bundle]),
    );
    for (const address of this.#addresses) {
      if (this.#ids.has(address)) continue;
      const bundles = await this.#find(address, budget);
      if (bundles.length === 0) continue;
      this.#ids.set(
        address,
        bundles.map((bundle) => bundle.id),
      );
      for (const bundle of bundles) found.set(bundle.id, bundle);
    }
    return [...found.values()];
  }

  wants({ id, consumer }: StatusEvent): boolean {
    return this.#addresses.some((address) => {
      const known = this.#ids.get(address);
      if (known !== undefined) return known.includes(id);
      return address.by === 'id'
        ? address.id === id
        : address.consumer === consumer && id === bundleId(this.#source, consumer, address.name);
    });
  }

  async readSome(ids: readonly string[], budget: Budget): Promise<readonly ResourceBundle[]> {
    const bundles = await readByIds(this.#reader, ids, budget);
    for (const address of this.#addresses) {
      if (this.#ids.has(address)) continue;
      const found = bundles.find((bundle) => isAt(bundle, address));
      if (found !== undefined) this.#ids.set(address, [found.id]);
    }
    return bundles;
  }

  async #find(address: WorkAddress, budget: Budget): Promise<readonly ResourceBundle[]> {
    if (address.by === 'id') {
      const bundle = await this.#reader.getBundle(address.id, budget);
      return bundle === undefined ? [] : [bundle];
    }
    const { name, consumer } = address;
    const own = await this.#reader.getBundle(bundleId(this.#source, consumer, name), budget);
    if (own !== undefined && isAt(own, address)) return [own];
    return readByName(this.#reader, consumer, name, budget);
  }
}

function isAt(bundle: ResourceBundle, address: WorkAddress): boolean {
  return address.by === 'id'
    ? bundle.id === address.id
    : bundle.consumerName === address.consumer && workName(bundle) === address.name;
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
  readonly #onUnreadable: (error: MaestroError) => void;
  /** Rows as they were read last, by id. */
  #followed: ReadonlyMap<string, ResourceBundle> = new Map();
  /** Works whose rows cannot be read, and were told of. */
  #unreadable: ReadonlySet<string> = new Set();

  /**
   * @param onUnreadable told once of a work whose row cannot be read, until it can; the watch goes on with the row
   * before
   */
  constructor(
    reader: WorkReader,
    request: ListRequest,
    wanted: (bundle: ResourceBundle) => boolean = () => true,
    onUnreadable: (error: MaestroError) => void = () => undefined,
  ) {
    this.#reader = reader;
    this.#request = request;
    this.#wanted = wanted;
    this.#onUnreadable = onUnreadable;
  }

  async read(budget: Budget): Promise<readonly ResourceBundle[]> {
    const found = new Map<string, ResourceBundle>();
    const unreadable = new Map<string, MaestroError>();
    const onSetAside = (row: SetAsideRow): void => this.#keep(row, found, unreadable);
    for await (const page of listWorks(this.#reader, this.#request, budget, { onSetAside })) {
      for (const bundle of page) if (this.#isWanted(bundle)) found.set(bundle.id, bundle);
    }
    const missing = [...this.#followed.keys()].filter((id) => !found.has(id));
    for (const bundle of await readByIds(this.#reader, missing, budget, onSetAside)) found.set(bundle.id, bundle);
    for (const [id, error] of unreadable) if (!this.#unreadable.has(id)) this.#onUnreadable(error);
    this.#unreadable = new Set(unreadable.keys());
    this.#followed = found;
    return [...found.values()];
  }

  /** A row that cannot be read is no sign that the work is gone: what is known of it stays. */
  #keep({ id, error }: SetAsideRow, found: Map<string, ResourceBundle>, unreadable: Map<string, MaestroError>): void {
    unreadable.set(id, error);
    const before = this.#followed.get(id);
    if (before !== undefined) found.set(id, before);
  }

  /** What an event tells of a work that is not followed spares a read of it for nothing. */
  wants(event: StatusEvent): boolean {
    if (this.#followed.has(event.id)) return true;
    const { consumers, selector } = this.#request;
    if (consumers.length > 0 && !consumers.includes(event.consumer)) return false;
    const sketch = sketchOf(event);
    return sketch === undefined ? matchesLabels(selector, identityOf(event.metadata).labels) : this.#isWanted(sketch);
  }

  async readSome(ids: readonly string[], budget: Budget): Promise<readonly ResourceBundle[]> {
    const kept = new Map<string, ResourceBundle>();
    // The whole read that comes at its beat tells of them.
    const onSetAside = (row: SetAsideRow): void => this.#keep(row, kept, new Map());
    const read = (await readByIds(this.#reader, ids, budget, onSetAside)).filter(
      (bundle) => this.#followed.has(bundle.id) || this.#isWanted(bundle),
    );
    const bundles = [...read, ...kept.values()];
    this.#followed = new Map([...this.#followed, ...bundles.map((bundle) => [bundle.id, bundle] as const)]);
    return bundles;
  }

  #isWanted(bundle: ResourceBundle): boolean {
    return matchesLabels(this.#request.selector, storedContent(bundle).labels) && this.#wanted(bundle);
  }
}

/** As much of the row as an event tells; undefined when it lacks the manifests. */
function sketchOf(event: StatusEvent): ResourceBundle | undefined {
  const manifests = manifestsOf(event);
  if (manifests === undefined || reportsDeletion(event.status)) return undefined;
  const { createdAt } = identityOf(event.metadata);
  const deletedAt = event.metadata['deletionTimestamp'];
  return {
    id: event.id,
    consumerName: event.consumer,
    version: event.version,
    createdAt,
    updatedAt: event.time,
    ...(typeof deletedAt === 'string' ? { deletedAt } : {}),
    metadata: event.metadata,
    manifests,
    manifestConfigs: [],
    status: event.status,
    raw: {},
  };
}

/** Rows that cannot be read fail it, unless they are set aside. */
async function readByIds(
  reader: WorkReader,
  ids: readonly string[],
  budget: Budget,
  onSetAside?: (row: SetAsideRow) => void,
): Promise<readonly ResourceBundle[]> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1 && onSetAside === undefined) {
    const bundle = await reader.getBundle(only, budget);
    return bundle === undefined ? [] : [bundle];
  }
  const found: ResourceBundle[] = [];
  for (let start = 0; start < ids.length; start += idsPerPage) {
    const where = { ids: ids.slice(start, start + idsPerPage) };
    for await (const page of reader.listBundles({ where, ...(onSetAside === undefined ? {} : { onSetAside }) }, budget))
      found.push(...page);
  }
  return found;
}
