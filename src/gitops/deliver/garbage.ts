import type { AppFacts } from '../index/facts.ts';
import { mayDelete } from '../policy/propagation.ts';
import { gcLimit } from '../run/settings.ts';
import { OrphanSweep } from '../policy/orphans.ts';
import { inTurns } from '../queue/in-turns.ts';
import type { Store } from '../store/store.ts';

/**
 * So long after it was proven, a deletion that was watched is taken for one of a few. Of a mass of them, such as of a
 * whole kind, the others have been seen by then.
 */
export const promptAfterMs = 5_000;

/** What is known of bundles that have no hub application any more, sweep by sweep. */
export class Garbage {
  readonly #store: Store;
  /** Sweeps in a row that found no hub application for its bundles; what is made anew under its key begins anew. */
  readonly #passes = new WeakMap<AppFacts, number>();
  readonly #collecting = new WeakSet<AppFacts>();
  /** The uid of the application that was seen to be deleted. */
  readonly #watched = new WeakMap<AppFacts, string>();
  /** Monotonic, when the hub was asked and had it no more. */
  readonly #provenMs = new WeakMap<AppFacts, number>();
  /** The same of the last ones, no more of them than tell whether they are too many. */
  readonly #lastProvenMs: number[] = [];
  /** Bundles of this hub, as the last sweep counted them. */
  #own = 0;
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
    this.#watched.delete(app);
    this.#provenMs.delete(app);
  }

  /** A watch told that its application was deleted, which is to be proven. */
  deletionSeen(app: AppFacts, uid: string): void {
    this.#watched.set(app, uid);
  }

  /**
   * Of one that the hub was asked for and has no more. When its deletion was watched, and it is one of a few, its
   * bundles are collected without waiting for two sweeps; many at once are left to those, and to their brake.
   *
   * @returns after how long to ask once more; undefined when there is nothing to wait for
   */
  promptlyInMs(app: AppFacts): number | undefined {
    const { deps, clusters } = this.#store;
    const { gc } = deps.settings;
    const uid = this.#watched.get(app);
    if (uid === undefined || gc.intervalMs === undefined) return undefined;
    const monotonicMs = deps.clock.monotonicMs();
    const provenMs = this.#provenMs.get(app);
    const limit = gcLimit(gc.brake, this.#own);
    if (provenMs === undefined) {
      const input = { hubId: deps.hubId, monotonicMs, leftTo: clusters.leftTo };
      const isHis = app.bundles.some((one) => one.stored.hubUid === uid && mayDelete(one, input, undefined));
      if (!isHis) return undefined;
      this.#provenMs.set(app, monotonicMs);
      this.#lastProvenMs.push(monotonicMs);
      this.#lastProvenMs.splice(0, this.#lastProvenMs.length - limit - 1);
      return promptAfterMs;
    }
    const leftMs = provenMs + promptAfterMs - monotonicMs;
    if (leftMs > 0) return leftMs;
    this.#watched.delete(app);
    this.#provenMs.delete(app);
    const sinceMs = provenMs - gc.intervalMs;
    const atOnce = this.#lastProvenMs.filter((ms) => ms >= sinceMs).length;
    if (!gc.overrideBrake && (this.brakeOn || atOnce > limit)) return undefined;
    this.#collecting.add(app);
    // Its next step asks the hub for the application once more.
    this.#store.doubt(app, 'delete');
    return undefined;
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
    const looked = await this.#look(signal, maySweep);
    if (signal.aborted) return;
    const { log } = this.#store.deps;
    if (looked) log.debug('looked for works without an application', { orphans: this.orphans, brakeOn: this.brakeOn });
    else log.debug('works without an application were not looked for: their absence from the hub proves nothing now');
  }

  /** @returns false when absence proved nothing */
  async #look(signal: AbortSignal, maySweep: () => boolean): Promise<boolean> {
    const { index, deps, news, clusters } = this.#store;
    if (!maySweep()) return false;
    const sweep = new OrphanSweep(deps.hubId, clusters.leftTo);
    const passesOf = (app: AppFacts): number => this.#passes.get(app) ?? 0;
    const looked = await inTurns(index.all(), { clock: deps.clock, signal }, (app) => {
      const passes = sweep.look(app, { passes: passesOf(app), collecting: this.isCollecting(app) });
      if (passes === 0) this.#passes.delete(app);
      else this.#passes.set(app, passes);
    });
    if (!looked || !maySweep()) return false;
    const { collect, found, own, orphans, brakeOn } = sweep.result(deps.settings.gc, passesOf);
    this.#own = own;
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
    return true;
  }
}

/** Its bundles and their clusters. */
function orphanText({ bundles }: AppFacts): string {
  return bundles.map(({ stored: { id, consumer } }) => `${id} of ${consumer}`).join(', ');
}
