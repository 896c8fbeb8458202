import { slept } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import { MaestroError } from '../../errors.ts';
import { listClassicWorks } from '../access/classic-works.ts';
import { isForbidden } from '../kube/translate-status.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { HubHandler } from '../store/hub-handler.ts';
import type { Store } from '../store/store.ts';

/** A look that failed is tried again after this long at first. */
const firstAgainMs = 1_000;
const longestAgainMs = 60_000;
/** Deletions wait for a look that fails for other reasons than missing rights no longer than this. */
const longestWaitMs = 60_000;

/**
 * Looks now and then for works that the classic model left on the hub: an
 * application that both deliver is edited to and fro, and goes on running when
 * we delete it.
 */
export class ClassicWorksSearch {
  readonly #deps: ControllerDeps;
  readonly #store: Store;
  readonly #handler: HubHandler;
  #early = new AbortController();
  /** What was told last. */
  #told = '';

  constructor(deps: ControllerDeps, store: Store, handler: HubHandler) {
    this.#deps = deps;
    this.#store = store;
    this.#handler = handler;
  }

  /** The classic model may have run since the last look: what comes of the next one is waited for. */
  again(): void {
    if (this.#deps.settings.classicWorksIntervalMs === undefined) return;
    this.#store.classic.looked = false;
    this.#early.abort();
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, settings } = this.#deps;
    const { classicWorksIntervalMs: intervalMs } = settings;
    const { classic } = this.#store;
    if (intervalMs === undefined) {
      classic.looked = true;
      classic.known = true;
      return;
    }
    let failures = 0;
    let failingMs = 0;
    while (!signal.aborted) {
      this.#early = new AbortController();
      const { signal: early } = this.#early;
      const startMs = clock.monotonicMs();
      const error = this.#store.synced ? await this.#look(signal) : undefined;
      if (signal.aborted) return;
      failures = error === undefined ? 0 : failures + 1;
      failingMs = error === undefined ? 0 : failingMs + clock.monotonicMs() - startMs;
      if (error === undefined && this.#store.synced && !early.aborted) classic.looked = true;
      else if (error !== undefined && failingMs >= longestWaitMs) classic.looked = true;
      const waitMs = !this.#store.synced
        ? 100
        : failures === 0
          ? intervalMs
          : Math.min(intervalMs, backoffMs(failures - 1, random, firstAgainMs, longestAgainMs));
      failingMs += failures === 0 ? 0 : waitMs;
      await slept(clock, waitMs, AbortSignal.any([signal, early]));
    }
  }

  /** @returns why it could not be looked, when that may be over in a moment */
  async #look(signal: AbortSignal): Promise<MaestroError | undefined> {
    const { classic } = this.#store;
    try {
      const works = await listClassicWorks(this.#deps, signal);
      classic.visible = true;
      await this.#seen(works, signal);
      return undefined;
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (signal.aborted) return error;
      // A hub without the kind has none.
      classic.visible = error.code === 'not-found';
      if (classic.visible || isForbidden(error)) {
        if (!classic.visible) this.#tellBlind(error);
        await this.#seen(new Map(), signal);
        return undefined;
      }
      if (this.#isNews(`failed: ${error.code}`))
        this.#deps.log.warn('it could not be looked for works of the classic pull model, and will be tried again', {
          code: error.code,
          error: error.message,
        });
      return error;
    }
  }

  async #seen(works: ReadonlyMap<string, readonly string[]>, signal: AbortSignal): Promise<void> {
    const { classic } = this.#store;
    classic.works = 0;
    for (const { length } of works.values()) classic.works += length;
    await this.#handler.classicWorksSeen(works, signal);
    if (classic.visible) this.#tell();
  }

  #tell(): void {
    const { classic, index, clusters } = this.#store;
    let applications = 0;
    let example: string | undefined;
    for (const app of index.all()) {
      if (app.classicWorks.length === 0 || app.hub?.selected !== true) continue;
      if (!clusters.isOurs(app.hub.cluster)) continue;
      applications += 1;
      example ??= `${app.key}: ${app.classicWorks.join(', ')}`;
    }
    if (!this.#isNews(`${String(classic.works)} of ${String(applications)}`)) return;
    const { log } = this.#deps;
    const fields = { works: classic.works, applications };
    if (applications > 0)
      log.warn('works of the classic pull model deliver applications that these controllers deliver too', {
        ...fields,
        example,
      });
    else log.info('no application of these controllers is delivered by a work of the classic pull model', fields);
  }

  #tellBlind({ message }: MaestroError): void {
    if (!this.#isNews('forbidden')) return;
    this.#deps.log.info(
      'we may not list ManifestWorks, so nobody tells whether the classic pull model left any; migration.rbac.create of the chart grants it',
      { error: message },
    );
  }

  #isNews(what: string): boolean {
    const isNews = this.#told !== what;
    this.#told = what;
    return isNews;
  }
}
