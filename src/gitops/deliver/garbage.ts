import type { AppFacts } from '../index/facts.ts';
import { OrphanSweep } from '../policy/orphans.ts';
import { inTurns } from '../queue/in-turns.ts';
import type { Store } from '../store/store.ts';

/** What is known of bundles that have no hub application any more, sweep by sweep. */
export class Garbage {
  readonly #store: Store;
  /** Sweeps in a row that found no hub application for its bundles; what is made anew under its key begins anew. */
  readonly #passes = new WeakMap<AppFacts, number>();
  readonly #collecting = new WeakSet<AppFacts>();
  /** As the last sweep saw them. */
  orphans = 0;
  brakeOn = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Its bundles are garbage, and nothing holds their removal up. */
  isCollecting(app: AppFacts): boolean {
    return this.#collecting.has(app);
  }

  /** It has its application, or nothing is to be done to its bundles now: it begins anew. */
  keep(app: AppFacts): void {
    this.#passes.delete(app);
    this.#collecting.delete(app);
  }

  /** One of its bundles is gone. */
  ended(app: AppFacts, { id, consumer }: { readonly id: string; readonly consumer?: string | undefined }): void {
    const { key, bundles } = app;
    if (bundles.length > 0 || !this.isCollecting(app)) return;
    const { metrics, log } = this.#store.deps;
    metrics.collected();
    log.info('a work without an application was deleted, its workload was spared', {
      application: key,
      work: id,
      cluster: consumer,
    });
    this.#store.news.over(`orphan ${key}`);
  }

  /**
   * Looks at all applications once.
   *
   * @param maySweep false when absence proves nothing now
   */
  async sweep(signal: AbortSignal, maySweep: () => boolean): Promise<void> {
    const { index, deps, news, clusters } = this.#store;
    if (!maySweep()) return;
    const sweep = new OrphanSweep(deps.hubId, (cluster) => clusters.leftTo(cluster));
    const passesOf = (app: AppFacts): number => this.#passes.get(app) ?? 0;
    const looked = await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      const passes = sweep.look(app, { passes: passesOf(app), collecting: this.isCollecting(app) });
      if (passes === 0) this.#passes.delete(app);
      else this.#passes.set(app, passes);
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
      this.#collecting.add(app);
      // Its next step asks the hub for the application once more.
      this.#store.doubt(app, 'resync');
    }
  }
}

/** Its bundles and their clusters. */
function orphanText({ bundles }: AppFacts): string {
  return bundles.map(({ stored: { id, consumer } }) => `${id} of ${consumer}`).join(', ');
}
