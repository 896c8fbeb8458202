import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';

/** One scrape takes no longer than this. */
const longestMs = 10_000;
/** The metrics of the controllers are some ten kilobytes, whatever the fleet. */
const mostBytes = 16 * 1024 * 1024;

/** The body of a GET of metrics. @throws MaestroError unavailable */
export async function scrapeMetrics(url: string, budget: Budget): Promise<string> {
  const late = new AbortController();
  const over = new AbortController();
  const ms = Math.max(1, Math.min(longestMs, remainingMs(budget)));
  budget.clock.sleep(ms, over.signal).then(
    () => late.abort(),
    // It was over before.
    () => undefined,
  );
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([budget.signal, late.signal]), redirect: 'error' });
    if (!answer.ok) throw new MaestroError('unavailable', `${url} answered ${answer.status}`);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    const body: AsyncIterable<Uint8Array> | null = answer.body;
    for await (const part of body ?? []) {
      bytes += part.length;
      if (bytes > mostBytes) throw new MaestroError('unavailable', `${url} answers with too much`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  } catch (caught) {
    if (caught instanceof MaestroError) throw caught;
    if (budget.signal.aborted) throw MaestroError.fromAbort(budget.signal);
    const cause = caught instanceof Error && caught.cause instanceof Error ? caught.cause : caught;
    const why = late.signal.aborted ? 'no answer in time' : cause instanceof Error ? cause.message : String(cause);
    throw new MaestroError('unavailable', `${url} cannot be read: ${why}`, { cause: caught });
  } finally {
    over.abort();
  }
}
