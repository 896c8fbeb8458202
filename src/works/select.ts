import type { CallOptions, RowOptions, StatusEvent, WorkReader } from '../clients/transport.ts';
import { matchesLabels, type LabelSelector } from '../core/label-selector.ts';
import { bundleId } from '../core/works/bundle-id.ts';
import { storedContent } from '../core/works/document.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { consumerMismatch, isOtherWork, type WorkAddress } from '../core/works/work-address.ts';
import { manifestsOf, sketchOf } from './event-content.ts';

/** Which works somebody follows who reads them again and again. */
export interface Selection {
  /** All of them as they are now, page by page. */
  read(options: CallOptions & RowOptions): AsyncIterable<readonly ResourceBundle[]>;
  /** Whether an event about a work that is not known yet may be about one of them: it spares a read for nothing. */
  wants(event: StatusEvent): boolean;
  /** Whether a row is one of them. */
  admits(row: ResourceBundle): boolean;
  /** A work that a read does not show is gone; otherwise it may just not be listed any more. */
  readonly exact: boolean;
  /** Every work that was named has been there; always false when none was named. */
  readonly allSeen: boolean;
}

/**
 * Works that were named, read by id as soon as the id is known: our own work
 * of a name, else all of that name, whatever their source.
 */
export class NamedWorks implements Selection {
  readonly exact = true;
  readonly #reader: Pick<WorkReader, 'getBundle' | 'getBundles' | 'listBundles'>;
  readonly #source: string;
  readonly #addresses: readonly WorkAddress[];
  /** Ids by address; an address without any has not been seen yet. */
  readonly #ids = new Map<WorkAddress, readonly string[]>();

  constructor(
    reader: Pick<WorkReader, 'getBundle' | 'getBundles' | 'listBundles'>,
    addresses: readonly WorkAddress[],
    source: string,
  ) {
    this.#reader = reader;
    this.#addresses = addresses;
    this.#source = source;
  }

  get allSeen(): boolean {
    return this.#ids.size === this.#addresses.length;
  }

  /** A row that cannot be read fails it: nothing else was asked for. */
  async *read({ onSetAside: _, ...call }: CallOptions & RowOptions): AsyncGenerator<readonly ResourceBundle[]> {
    const known = [...this.#ids.values()].flat();
    const unseen = this.#addresses.filter((address) => !this.#ids.has(address));
    if (known.length > 0) yield* this.#reader.getBundles(known, call);
    for (const address of unseen) {
      const rows = await this.#find(address, call);
      if (rows.length === 0) continue;
      this.#ids.set(
        address,
        rows.map(({ id }) => id),
      );
      yield rows;
    }
  }

  wants({ id, consumer }: StatusEvent): boolean {
    return this.#addresses.some((address) => {
      const known = this.#ids.get(address);
      if (known !== undefined) return known.includes(id);
      return address.by === 'id'
        ? address.id === id && (address.consumer ?? consumer) === consumer
        : address.consumer === consumer && id === bundleId(this.#source, consumer, address.name);
    });
  }

  admits(row: ResourceBundle): boolean {
    for (const address of this.#addresses)
      if (!this.#ids.has(address) && this.#isAt(row, address)) this.#ids.set(address, [row.id]);
    return [...this.#ids.values()].some((ids) => ids.includes(row.id));
  }

  async #find(address: WorkAddress, call: CallOptions): Promise<readonly ResourceBundle[]> {
    if (address.by === 'id') {
      const row = await this.#reader.getBundle(address.id, call);
      if (row === undefined) return [];
      const mismatch = consumerMismatch(row, address.consumer);
      if (mismatch !== undefined) throw mismatch;
      return [row];
    }
    const { name, consumer } = address;
    const own = await this.#reader.getBundle(bundleId(this.#source, consumer, name), call);
    if (own !== undefined && this.#isAt(own, address)) return [own];
    const rows: ResourceBundle[] = [];
    const where = { consumers: [consumer], names: [name] };
    for await (const page of this.#reader.listBundles({ where }, call)) rows.push(...page);
    return rows;
  }

  /** Under another id than ours only its name tells what a row is. */
  #isAt(row: ResourceBundle, address: WorkAddress): boolean {
    if (address.by === 'id') return row.id === address.id && consumerMismatch(row, address.consumer) === undefined;
    const { consumer, name } = address;
    if (row.id === bundleId(this.#source, consumer, name)) return !isOtherWork(row, address);
    return row.consumerName === consumer && workName(row) === name;
  }
}

/** What a list is asked for, and what of it is followed. */
export interface ListedOptions {
  /** Empty: all consumers. */
  readonly consumers: readonly string[];
  readonly selector: LabelSelector;
  /** What else the works are chosen by. */
  readonly wanted?: (row: ResourceBundle) => boolean;
  readonly list: (options: CallOptions & RowOptions) => AsyncIterable<readonly ResourceBundle[]>;
}

/** Works that a list finds. */
export class ListedWorks implements Selection {
  readonly exact = false;
  readonly allSeen = false;
  readonly #options: ListedOptions;

  constructor(options: ListedOptions) {
    this.#options = options;
  }

  read(options: CallOptions & RowOptions): AsyncIterable<readonly ResourceBundle[]> {
    return this.#options.list(options);
  }

  wants(event: StatusEvent): boolean {
    const { consumers } = this.#options;
    if (consumers.length > 0 && !consumers.includes(event.consumer)) return false;
    const sketch = sketchOf(event);
    return manifestsOf(event) === undefined ? this.#hasLabels(sketch) : this.admits(sketch);
  }

  admits(row: ResourceBundle): boolean {
    return this.#hasLabels(row) && this.#options.wanted?.(row) !== false;
  }

  #hasLabels(row: ResourceBundle): boolean {
    const { selector } = this.#options;
    return selector.length === 0 || matchesLabels(selector, storedContent(row).labels);
  }
}
