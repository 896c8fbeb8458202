import type { AppFacts } from '../index/facts.ts';
import { OrphanSweep } from '../policy/orphans.ts';
import { inTurns } from '../queue/in-turns.ts';
import type { Store } from '../store/store.ts';

/** What is known of bundles that have no hub application any more, sweep by sweep. */
export class Garbage {
  readonly #store: Store;
  /** Sweeps in a row that found no hub application for the bundles of a key. */
  readonly #passes = new Map<string, number>();
  readonly #collecting = new Set<string>();
  /** As the last sweep saw them. */
  orphans = 0;
  brakeOn = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Its bundles are garbage, and nothing holds their removal up. */
  isCollecting(key: string): boolean {
    return this.#collecting.has(key);
  }

  /** It has its application. */
  keep(key: string): void {
    this.#passes.delete(key);
    this.#collecting.delete(key);
  }

  /** One of its bundles is gone. */
  ended(
    { key, hub, bundles }: AppFacts,
    { id, consumer }: { readonly id: string; readonly consumer?: string | undefined },
  ): void {
    if (bundles.length > 0) return;
    const { metrics, log } = this.#store.deps;
    if (this.isCollecting(key)) {
      metrics.collected();
      log.info('a work without an application was deleted, its workload was spared', {
        application: key,
        work: id,
        cluster: consumer,
      });
      this.#store.news.over(`orphan ${key}`);
    }
    if (hub === undefined) this.keep(key);
  }

  /**
   * Looks at all applications once.
   *
   * @param maySweep false when absence proves nothing now
   */
  async sweep(signal: AbortSignal, maySweep: () => boolean): Promise<void> {
    const { index, deps, news } = this.#store;
    if (!maySweep()) return;
    const sweep = new OrphanSweep(deps.hubId);
    const passesOf = ({ key }: AppFacts): number => this.#passes.get(key) ?? 0;
    const looked = await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      const passes = sweep.look(app, { passes: passesOf(app), collecting: this.isCollecting(app.key) });
      if (passes === 0) this.#passes.delete(app.key);
      else this.#passes.set(app.key, passes);
    });
    if (!looked || !maySweep()) return;
    const { collect, found, orphans, brakeOn } = sweep.result(deps.settings.gc, passesOf);
    for (const app of found)
      news.tell(`orphan ${app.key}`, orphanText(app), 'a work of this hub has no application', {
        application: app.key,
        works: orphanText(app),
      });
    this.orphans = orphans;
    if (brakeOn && !this.brakeOn)
      deps.log.error('too many bundles have no hub application; none is deleted', { orphans });
    this.brakeOn = brakeOn;
    for (const app of collect) {
      this.#collecting.add(app.key);
      // Its next step asks the hub for the application once more.
      this.#store.doubt(app, 'resync');
    }
  }
}

/** Its bundles and their clusters. */
function orphanText({ bundles }: AppFacts): string {
  return bundles.map(({ stored: { id, consumer } }) => `${id} of ${consumer}`).join(', ');
}
