import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export type HubFault =
  /** Everything is answered with this. */
  | { readonly do: 'refuse'; readonly status: 429 | 503; readonly lastsMs: number }
  /** Every answer begins so much later. */
  | { readonly do: 'slow'; readonly byMs: number; readonly lastsMs: number }
  | { readonly do: 'end-watches' }
  /** They end, and what they were at is too old to be gone on with, so that all has to be listed again. */
  | { readonly do: 'expire-watches' };

const reasons = { 410: 'Expired', 429: 'TooManyRequests', 503: 'ServiceUnavailable' } as const;

/** What goes wrong with a hub's answers, one fault of a kind at a time. */
export class HubFaults {
  #refusal: { readonly status: 429 | 503; readonly untilMs: number } | undefined;
  #slowness: { readonly byMs: number; readonly untilMs: number } | undefined;
  readonly #watches = new Set<ServerResponse>();
  /** Paths whose next watch is answered with 410. */
  readonly #expired = new Set<string>();
  readonly #paths = new WeakMap<ServerResponse, string>();

  begin(fault: HubFault): void {
    if (fault.do === 'refuse') this.#refusal = { status: fault.status, untilMs: Date.now() + fault.lastsMs };
    else if (fault.do === 'slow') this.#slowness = { byMs: fault.byMs, untilMs: Date.now() + fault.lastsMs };
    else
      for (const watch of this.#watches) {
        if (fault.do === 'expire-watches') this.#expired.add(this.#paths.get(watch) ?? '');
        watch.destroy();
      }
  }

  /** Lets the answer wait as long as it has to; true when it has been given. */
  async strike(url: URL, response: ServerResponse): Promise<boolean> {
    if (this.#slowness !== undefined && Date.now() < this.#slowness.untilMs) await pause(this.#slowness.byMs);
    if (this.#refusal !== undefined && Date.now() < this.#refusal.untilMs)
      return refuse(response, this.#refusal.status);
    if (url.searchParams.get('watch') !== 'true') return false;
    if (this.#expired.delete(url.pathname)) return refuse(response, 410);
    this.#watches.add(response);
    this.#paths.set(response, url.pathname);
    response.on('close', () => this.#watches.delete(response));
    return false;
  }
}

function refuse(response: ServerResponse, code: keyof typeof reasons): true {
  const reason = reasons[code];
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: reason, reason, code });
  response.writeHead(code, { 'content-type': 'application/json', ...(code === 429 ? { 'retry-after': '1' } : {}) });
  response.end(body);
  return true;
}
