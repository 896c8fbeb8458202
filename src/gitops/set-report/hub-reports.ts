import type { JsonObject } from '../../core/json.ts';
import { slept } from '../../clock.ts';
import { MaestroError } from '../../errors.ts';
import { callLimits } from '../access/call-limits.ts';
import { mayWrite } from '../access/may-write.ts';
import type { ClusterTable } from '../index/clusters.ts';
import { setReports } from '../kube/hub-kinds.ts';
import { asksForFewer } from '../kube/translate-status.ts';
import type { HubWriteBudget } from '../kube/write-budget.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { SetReportWrite } from '../run/controller-metrics.ts';
import { reportObject, standingReport, type StandingReport } from './report-object.ts';
import type { FittedReport } from './fit.ts';

/** Each may have more than a megabyte. */
const reportsPerPage = 10;
/** So long a write steps back behind those of statuses; then it waits in line like any other. */
const patienceMs = 60_000;
const lookForTurnMs = 100;

/**
 * Reads and writes reports of ApplicationSets. There is one write at a time, and none while others wait for the hub, so
 * that no status comes later for it.
 */
export class HubReports {
  readonly #deps: ControllerDeps;
  readonly #clusters: ClusterTable;
  readonly #budget: HubWriteBudget;

  constructor(deps: ControllerDeps, clusters: ClusterTable, budget: HubWriteBudget) {
    this.#deps = deps;
    this.#clusters = clusters;
    this.#budget = budget;
  }

  /** Hands over each report of the hub. @throws MaestroError not-found when the hub does not know the kind */
  async readAll(take: (report: JsonObject) => void, signal: AbortSignal): Promise<void> {
    let next: string | undefined;
    do {
      const query = { limit: reportsPerPage, ...(next === undefined ? {} : { continue: next }) };
      const page = await this.#asking(
        this.#deps.kube.listPage(setReports, query, callLimits(this.#deps, signal), take),
      );
      for (const report of page.items) take(report);
      next = page.continue;
    } while (next !== undefined);
  }

  /** As it stands; undefined when there is none. */
  async read(set: string, signal: AbortSignal): Promise<JsonObject | undefined> {
    return this.#asking(this.#deps.kube.get(setReports, refOf(set), callLimits(this.#deps, signal)));
  }

  /**
   * Creates the report, or puts it over the one that was read.
   *
   * @throws MaestroError conflict when another one stands there by now
   */
  async write(
    set: string,
    fitted: FittedReport,
    standing: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<StandingReport> {
    const { kube, metrics } = this.#deps;
    const ref = refOf(set);
    const object = reportObject(set, fitted, standing);
    const answer = await this.#writing(standing === undefined ? 'created' : 'updated', signal, () =>
      standing === undefined
        ? kube.create(setReports, ref.namespace, object, callLimits(this.#deps, signal))
        : kube.update(setReports, ref, object, callLimits(this.#deps, signal)),
    );
    metrics.setReportBytes(fitted.bytes);
    return standingReport(answer);
  }

  /** Deletes what was read and nothing else. @throws MaestroError conflict when it is another one by now */
  async delete(set: string, { uid, resourceVersion }: StandingReport, signal: AbortSignal): Promise<void> {
    await this.#writing('deleted', signal, () =>
      this.#deps.kube.delete(setReports, refOf(set), { uid, resourceVersion }, callLimits(this.#deps, signal)),
    );
  }

  async #writing<T>(done: SetReportWrite, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    const { metrics } = this.#deps;
    await this.#turn(signal);
    // A report is of many clusters, and says of each what its own writer said.
    mayWrite(this.#deps, this.#clusters, done === 'deleted' ? 'deleted' : 'written', undefined);
    try {
      const answer = await this.#asking(send());
      metrics.setReportWritten(done);
      return answer;
    } catch (caught) {
      const error = MaestroError.from(caught);
      metrics.setReportWritten(error.code === 'conflict' ? 'conflict' : 'failed');
      throw error;
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + patienceMs;
    while (!this.#budget.tryTake()) {
      if (clock.monotonicMs() >= untilMs) return this.#budget.take(signal);
      await slept(clock, lookForTurnMs, signal);
      signal.throwIfAborted();
    }
  }

  /** That the hub wants less is for all writes to know. */
  async #asking<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (asksForFewer(error)) {
        this.#deps.metrics.hubThrottled();
        this.#budget.throttled(error.retryAfterMs);
      }
      throw error;
    }
  }
}

function refOf(set: string): { readonly namespace: string; readonly name: string } {
  const at = set.indexOf('/');
  return { namespace: set.slice(0, at), name: set.slice(at + 1) };
}
