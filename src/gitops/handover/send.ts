import type { WorkWriter } from '../../clients/transport.ts';
import type { MaestroError } from '../../errors.ts';
import { applications, manifestWorks } from '../kube/hub-kinds.ts';
import { withinMs, type Budget } from '../../operations/budget.ts';
import { Places, sparingWriter } from '../../operations/fleet/publish-limits.ts';
import { longestDeletionMs, publishSafely } from '../../operations/publish.ts';
import { callWithin } from '../survey/call.ts';
import type { HandoverDeps } from './events.ts';
import type { Request } from './writes.ts';

/** Sends the writes of a handover, no more at once than hub and Maestro can bear. */
export class Sender {
  readonly #deps: HandoverDeps;
  readonly #budget: Budget;
  readonly #writer: WorkWriter;
  readonly #places: Places;

  constructor(deps: HandoverDeps, maxConcurrency: number, budget: Budget) {
    this.#deps = deps;
    this.#budget = budget;
    this.#writer = sparingWriter(deps.maestro.writer, maxConcurrency);
    this.#places = new Places(maxConcurrency);
  }

  /**
   * Sends one request, after what it would destroy is kept.
   *
   * @param freshUntilMs monotonic: what allowed it counts for so long
   * @returns `late` when it was not sent, because its turn came after that
   * @throws MaestroError what came of it; conflict when what it was pinned to is not any more
   */
  async send(request: Request, freshUntilMs: number): Promise<'sent' | 'late'> {
    await this.#places.enter(this.#budget.signal);
    try {
      if (this.#budget.clock.monotonicMs() > freshUntilMs) return 'late';
      if (request.keep !== undefined) await this.#deps.backup.keep(request.keep);
      await this.#sendNow(request);
      return 'sent';
    } finally {
      this.#places.leave();
    }
  }

  async #sendNow(request: Request): Promise<void> {
    const { kube, maestro, onNotice } = this.#deps;
    const call = callWithin(this.#budget);
    if (request.on === 'maestro') {
      const { kind } = request.request;
      const budget = kind === 'delete' ? withinMs(this.#budget, longestDeletionMs) : this.#budget;
      const deps = { writer: this.#writer, reader: maestro.reader, onNotice };
      await publishSafely(request.request, request.version, deps, budget);
    } else if (request.on === 'application') {
      if (request.steps.length > 0) await kube.jsonPatch(applications, request.ref, request.steps, call);
    } else if (request.do === 'create') await kube.create(manifestWorks, request.namespace, request.object, call);
    else if (request.do === 'patch') await kube.jsonPatch(manifestWorks, request.ref, request.steps, call);
    else {
      const { uid, resourceVersion } = request;
      await kube.delete(manifestWorks, request.ref, { uid, resourceVersion }, call);
    }
  }
}

/** Somebody else wrote, or nobody answered: the next look says what there is to do. */
export function isForLater(error: MaestroError): boolean {
  return (
    error.transient ||
    ['conflict', 'timeout', 'unavailable', 'not-found'].includes(error.code) ||
    error.reason === 'OutcomeUnknown'
  );
}
