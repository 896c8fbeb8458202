import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from './reports.ts';

const longestPauseMs = 30_000;
const answerMs = 10_000;

/**
 * Sends the latest report of each cluster and writer to an HTTP endpoint:
 * `PUT {url}/clusters/{cluster}/statuses/{writer}`. What is overtaken while it
 * waits is never sent, what fails is sent again until it is taken or overtaken,
 * and the same report twice is sent once.
 */
export class StatusEndpoint {
  readonly #url: string;
  readonly #signal: AbortSignal;
  readonly #log: (line: string) => void;
  readonly #latest = new Map<string, string>();
  readonly #taken = new Map<string, string>();
  readonly #sending = new Map<string, Promise<void>>();

  constructor(url: string, signal: AbortSignal, log: (line: string) => void) {
    this.#url = url.replace(/\/$/, '');
    this.#signal = signal;
    this.#log = log;
  }

  report(cluster: string, writer: string, report: Report): void {
    const path = `/clusters/${encodeURIComponent(cluster)}/statuses/${encodeURIComponent(writer)}`;
    this.#latest.set(path, JSON.stringify(report));
    if (this.#sending.has(path)) return;
    this.#sending.set(
      path,
      this.#send(path).finally(() => this.#sending.delete(path)),
    );
  }

  /** Resolves once nothing is under way; soon after the signal at the latest. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending.values());
  }

  async #send(path: string): Promise<void> {
    for (let failures = 0; !this.#signal.aborted;) {
      const body = this.#latest.get(path);
      if (body === undefined || body === this.#taken.get(path)) return;
      const problem = await this.#put(path, body);
      if (problem === undefined) {
        this.#taken.set(path, body);
        failures = 0;
        continue;
      }
      this.#log(`${path}: ${problem}`);
      const pauseMs = Math.min(longestPauseMs, 100 * 2 ** failures) * (0.5 + Math.random() / 2);
      failures += 1;
      await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => undefined);
    }
  }

  async #put(path: string, body: string): Promise<string | undefined> {
    try {
      const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(answerMs)]);
      const answer = await fetch(`${this.#url}${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body,
        signal,
      });
      await answer.arrayBuffer();
      return answer.ok ? undefined : `the status endpoint answered ${answer.status}`;
    } catch (error) {
      return `the status endpoint could not be reached: ${reasonOf(error)}`;
    }
  }
}

/** fetch says why only in the cause of its error. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}
