import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { BundleDraft } from '../bundle/draft-bundle.ts';
import type { AppRecord } from '../index/records.ts';
import type { JsonPatchStep } from '../kube/kube-api.ts';
import { parseHubApplication, type HubApplication, type HubSummary } from '../model/hub-application.ts';
import type { Lane } from '../queue/work-queue.ts';
import { mayWrite } from './may-write.ts';
import { applications, type ControllerState } from '../store/store.ts';

/** What is published of a hub application. */
export interface DraftedContent {
  readonly app: HubSummary;
  readonly draft: BundleDraft;
}

/** A hub application as a GET has it. */
export interface FreshContent {
  readonly app: HubApplication;
  /** undefined when it calls for no bundle, or when the watch has brought a later one. */
  readonly draft: BundleDraft | undefined;
}

/** A hub application that was read too early is read again after this long. */
const olderAgainMs = 100;

/**
 * Takes in what the hub has now, and gives what was made of it; undefined for what is gone or older than what was seen.
 */
export type HubSeen = (key: string, app: HubApplication | undefined) => BundleDraft | undefined;

/** Reads and changes applications of the hub, for one step at a time. */
export class HubSide {
  readonly #state: ControllerState;
  readonly #hubSeen: HubSeen;
  readonly #signal: AbortSignal;

  constructor(state: ControllerState, hubSeen: HubSeen, signal: AbortSignal) {
    this.#state = state;
    this.#hubSeen = hubSeen;
    this.#signal = signal;
  }

  /**
   * As it is now, which is taken in; undefined when it is gone. Without a draft when it is to have no bundle, or when
   * the watch has brought a later one.
   */
  async fresh(app: AppRecord): Promise<FreshContent | undefined> {
    const { kube } = this.#state.deps;
    for (;;) {
      const { losses } = app;
      const object = await this.#state.ofHub(
        kube.get(applications, { namespace: app.namespace, name: app.name }, this.#state.call(this.#signal)),
      );
      // The watch told of its end while the answer was on its way, and tells of it once.
      if (app.losses !== losses) continue;
      const read = object === undefined ? undefined : parseHubApplication(object);
      const draft = this.#hubSeen(app.key, read);
      return read === undefined ? undefined : { app: read, draft };
    }
  }

  /**
   * What to build from: as the watch brought it, or read again. undefined when
   * reading it again showed another application than the decision was made for:
   * of another cluster, being deleted, with another operation. Then all is
   * decided anew. The same when what was read is older than what the watch
   * brought meanwhile, such as a write of the status.
   *
   * @param lane of the decision, in which the next one waits
   */
  async contentAsDecided(app: AppRecord, lane: Lane): Promise<DraftedContent | undefined> {
    const decidedFor = app.hub;
    const kept = this.#state.contents.get(app.key);
    // The AppProject that goes along may have changed since.
    const content =
      kept !== undefined && kept.draft?.project === this.#state.projectFor(kept.app) ? kept : await this.fresh(app);
    if (app.hub !== decidedFor) this.#state.queue.put(app.key, lane);
    else if (content?.draft !== undefined) return { app: content.app, draft: content.draft };
    else this.#state.queue.putAfter(app.key, lane, olderAgainMs);
    return undefined;
  }

  /**
   * Takes the hub's answer in to a write that took one-shot fields off; one that the watch has overtaken tells nothing.
   */
  taken(app: AppRecord, answer: JsonObject): void {
    const written = parseHubApplication(answer);
    if (app.hub?.uid === written.uid) this.#hubSeen(app.key, written);
  }

  /**
   * @throws MaestroError when it was not written, also because somebody else changed it meanwhile: it is read again
   * then
   */
  async patch(
    app: AppRecord,
    what: 'operation' | 'refresh' | 'finalizers',
    steps: readonly JsonPatchStep[],
  ): Promise<void> {
    const { kube, clock, metrics } = this.#state.deps;
    mayWrite(this.#state.deps, 'written');
    const startMs = clock.monotonicMs();
    const { losses } = app;
    try {
      const answer = await this.#state.ofHub(
        kube.jsonPatch(
          applications,
          { namespace: app.namespace, name: app.name },
          steps,
          this.#state.call(this.#signal),
        ),
      );
      metrics.hubWrite(what, 'done', clock.monotonicMs() - startMs);
      // The watch may have told of something newer already, such as the next operation. An application that went stays
      // gone.
      const written = parseHubApplication(answer);
      if (what !== 'finalizers' && app.hub?.uid === written.uid && app.losses === losses)
        this.#hubSeen(app.key, written);
    } catch (caught) {
      const error = MaestroError.from(caught);
      const gone = error.code === 'not-found';
      metrics.hubWrite(
        what,
        gone ? 'gone' : error.code === 'conflict' ? 'conflict' : 'failed',
        clock.monotonicMs() - startMs,
      );
      if (error.code !== 'conflict' && !gone) throw error;
      // Somebody changed it meanwhile: what it is now decides.
      await this.fresh(app);
      if (!gone) throw error;
    }
  }
}
