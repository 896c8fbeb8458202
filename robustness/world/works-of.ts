import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Address } from './server.ts';

/** A work as the server lists it, as far as it is looked at here. */
export interface ListedWork {
  readonly id: string;
  readonly consumer: string;
  /** Its deletion was asked for, and its agent has not ended it yet. */
  readonly deleting: boolean;
}

interface Item {
  readonly id: string;
  readonly consumer_name: string;
  readonly deleted_at?: string | null;
}

/** Works of a source. @param http where the server listens, past all gates */
export async function worksOf(address: Address, source: string): Promise<readonly ListedWork[]> {
  const search = encodeURIComponent(`source = '${source}'`);
  const answer = await ask(address, { method: 'GET', path: `/api/maestro/v1/resource-bundles?search=${search}` });
  const { items } = answer as { readonly items: readonly Item[] };
  return items.map(({ id, consumer_name: consumer, deleted_at: since }) => ({
    id,
    consumer,
    deleting: typeof since === 'string',
  }));
}

/** Works of a source that are still being deleted when so much time is over; none as soon as there are none. */
export async function deletionsAfter(withinMs: number, http: Address, source: string): Promise<readonly ListedWork[]> {
  for (const untilMs = Date.now() + withinMs; ; await pause(100)) {
    const left = (await worksOf(http, source)).filter(({ deleting }) => deleting);
    if (left.length === 0 || Date.now() > untilMs) return left;
  }
}
