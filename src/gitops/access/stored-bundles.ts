import type { JsonObject } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import { BundleRecord } from '../index/records.ts';
import { beginVersion } from '../index/next-version.ts';
import type { ControllerState } from '../store/store.ts';

/** Reads bundles of Maestro, and takes in what was read or published because of one step. */
export class MaestroSide {
  readonly #state: ControllerState;
  readonly #bundleSeen: (bundle: ResourceBundle) => void;
  readonly #readSoon: (id: string) => void;
  readonly #signal: AbortSignal;

  constructor(
    state: ControllerState,
    {
      bundleSeen,
      readSoon,
    }: { readonly bundleSeen: (bundle: ResourceBundle) => void; readonly readSoon: (id: string) => void },
    signal: AbortSignal,
  ) {
    this.#state = state;
    this.#bundleSeen = bundleSeen;
    this.#readSoon = readSoon;
    this.#signal = signal;
  }

  async read(id: string): Promise<ResourceBundle | undefined> {
    return this.#state.deps.maestro.reader.getBundle(id, this.#state.call(this.#signal));
  }

  /**
   * What was read because a step did not fit counts, also when it is older than what is known: Maestro may have been
   * restored from a backup.
   */
  believe(stored: ResourceBundle): void {
    const { index } = this.#state;
    const known = index.byBundle(stored.id)?.bundle;
    if (known !== undefined && known.stored.version > stored.version) index.removeBundle(stored.id);
    this.#bundleSeen(stored);
  }

  /**
   * Takes what was just published, and the operation that travels with it, for what is stored, which Maestro's answer
   * says it is.
   */
  adopt(key: string, stored: StoredBundle, operation?: JsonObject): void {
    const { index } = this.#state;
    const known = index.byBundle(stored.id)?.bundle;
    // A read has shown it before the answer came, and what its cluster says of it.
    if (known?.stored.version === stored.version) return;
    // And what another client has made of it since: that is not ours, and Maestro is asked once more.
    if (known !== undefined && known.stored.version > stored.version) return this.#readSoon(stored.id);
    const bundle = known ?? new BundleRecord(stored);
    if (known === undefined || bundle.stored.oneShot?.op !== stored.oneShot?.op)
      bundle.operationSinceMs = this.#state.deps.clock.monotonicMs();
    beginVersion(bundle, stored, { operation, since: this.#state.now() });
    index.restate(bundle, stored);
    if (known === undefined) index.addBundle(key, bundle);
    // A report about it came before the answer, and was judged by what was known then.
    if (bundle.observedVersion >= stored.version) this.#readSoon(stored.id);
  }
}
