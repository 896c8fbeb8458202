import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { AppFacts } from '../index/facts.ts';
import { applications } from '../kube/hub-kinds.ts';
import type { JsonPatchStep } from '../kube/kube-api.ts';
import { parseHubApplication, type HubApplication } from '../model/hub-application.ts';
import { isAway } from '../queue/unreached.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { HubHandler } from '../store/hub-handler.ts';
import type { HubContent, Store } from '../store/store.ts';
import { callLimits } from './call-limits.ts';
import { mayWrite, WriteRefusedError } from './may-write.ts';

/** A hub application as a GET has it. */
type FreshContent = HubContent & { readonly app: HubApplication };

/** Reads and changes applications of the hub; what comes of it is taken in like what a watch tells. */
export class HubApplications {
  readonly #deps: ControllerDeps;
  readonly #store: Store;
  readonly #handler: HubHandler;

  constructor(deps: ControllerDeps, store: Store, handler: HubHandler) {
    this.#deps = deps;
    this.#store = store;
    this.#handler = handler;
  }

  /** As it is now, which nobody is told of; undefined when it is gone. */
  async read({ namespace, name }: AppFacts, signal: AbortSignal): Promise<JsonObject | undefined> {
    return this.#asking(this.#deps.kube.get(applications, { namespace, name }, callLimits(this.#deps, signal)));
  }

  /**
   * As it is now, which is taken in; undefined when it is gone. Without a draft when it is to have no bundle, or when
   * the watch has brought a later one.
   */
  async fresh(app: AppFacts, signal: AbortSignal): Promise<FreshContent | undefined> {
    for (;;) {
      const { losses } = app;
      const object = await this.read(app, signal);
      // The watch told of its end while the answer was on its way, and tells of it once.
      if (app.losses !== losses) continue;
      const content = object === undefined ? undefined : parseHubApplication(object);
      const draft = this.#handler.applicationSeen(app.key, content);
      return content === undefined ? undefined : { app: content, draft };
    }
  }

  /** Takes the hub's answer to a write in; one that the watch has overtaken tells nothing. */
  taken(app: AppFacts, answer: JsonObject): void {
    const written = parseHubApplication(answer);
    if (app.hub?.uid === written.uid) this.#handler.applicationSeen(app.key, written);
  }

  /**
   * One request, and nothing else.
   *
   * @throws WriteRefusedError when it may not be written any more
   * @throws MaestroError
   */
  async write(
    { namespace, name, hub }: AppFacts,
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
  ): Promise<JsonObject> {
    mayWrite(this.#deps, this.#store.clusters, 'written', hub?.cluster);
    return this.#asking(
      this.#deps.kube.jsonPatch(applications, { namespace, name }, steps, callLimits(this.#deps, signal)),
    );
  }

  /**
   * @throws MaestroError when it was not written, also because somebody else changed it meanwhile: it is read again
   * then
   */
  async patch(
    app: AppFacts,
    what: 'operation' | 'refresh' | 'finalizers',
    steps: readonly JsonPatchStep[],
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, metrics } = this.#deps;
    const startMs = clock.monotonicMs();
    const { losses } = app;
    try {
      const answer = await this.write(app, steps, signal);
      metrics.hubWrite(what, 'done', clock.monotonicMs() - startMs);
      // The watch may have told of something newer already, such as the next operation. An application that went stays
      // gone.
      if (what !== 'finalizers' && app.losses === losses) this.taken(app, answer);
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error instanceof WriteRefusedError) throw error;
      const result = error.code === 'not-found' ? 'gone' : error.code === 'conflict' ? 'conflict' : 'failed';
      metrics.hubWrite(what, result, clock.monotonicMs() - startMs);
      if (result === 'failed') throw error;
      // Somebody changed it meanwhile: what it is now decides.
      await this.fresh(app, signal);
      if (result === 'conflict') throw error;
    }
  }

  /** That the hub was away is remembered, for what waits for it. */
  async #asking<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (caught) {
      if (isAway(MaestroError.from(caught))) this.#store.hubFailed();
      throw caught;
    }
  }
}
