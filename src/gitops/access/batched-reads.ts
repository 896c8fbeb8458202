import type { CallOptions, SetAsideRow, WorkReader } from '../../clients/index.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/**
 * Reads of Maestro under way at once. Its pool keeps few idle connections to
 * the database, so more reads probably mean new connections: on a real one, short of
 * CPU, 140 a second were answered one by one, 80 by four and 35 by 32 at once.
 */
const mostReads = 2;
/** A bundle with a large status has 15 KB and more; some dozen of them do not hold the event loop up. */
const idsPerRead = 25;

type Asker = PromiseWithResolvers<ResourceBundle | undefined>;

/**
 * Reads bundles for callers that ask for one each: who asks while others are
 * being read goes with the next read, many at a time. So a backlog is worked
 * off faster the longer it is, where one read for each would keep it.
 */
export class BatchedReads {
  readonly #reader: Pick<WorkReader, 'getBundles'>;
  readonly #options: () => CallOptions;
  readonly #onSetAside: (row: SetAsideRow) => void;
  readonly #asked = new Map<string, Asker[]>();
  #reading = 0;

  /**
   * @param options limits for one read, asked for when it begins
   * @param onSetAside told of each row that cannot be read
   */
  constructor(
    reader: Pick<WorkReader, 'getBundles'>,
    options: () => CallOptions,
    onSetAside: (row: SetAsideRow) => void,
  ) {
    this.#reader = reader;
    this.#options = options;
    this.#onSetAside = onSetAside;
  }

  /**
   * The bundle as it is after the call; undefined when Maestro has none of the id, or one that cannot be read.
   *
   * @throws MaestroError when the read that it went with failed
   */
  async get(id: string): Promise<ResourceBundle | undefined> {
    const asker: Asker = Promise.withResolvers();
    const askers = this.#asked.get(id);
    if (askers === undefined) this.#asked.set(id, [asker]);
    else askers.push(asker);
    this.#begin();
    return asker.promise;
  }

  #begin(): void {
    if (this.#reading >= mostReads || this.#asked.size === 0) return;
    const askers = new Map([...this.#asked].slice(0, idsPerRead));
    for (const id of askers.keys()) this.#asked.delete(id);
    this.#reading += 1;
    this.#read([...askers.keys()])
      .then(
        (found) => {
          for (const [id, waiting] of askers) for (const { resolve } of waiting) resolve(found.get(id));
        },
        (error: unknown) => {
          for (const waiting of askers.values()) for (const { reject } of waiting) reject(error);
        },
      )
      .finally(() => {
        this.#reading -= 1;
        this.#begin();
      });
  }

  async #read(ids: readonly string[]): Promise<ReadonlyMap<string, ResourceBundle>> {
    const found = new Map<string, ResourceBundle>();
    const options = { ...this.#options(), onSetAside: this.#onSetAside };
    for await (const page of this.#reader.getBundles(ids, options))
      for (const bundle of page) found.set(bundle.id, bundle);
    return found;
  }
}
