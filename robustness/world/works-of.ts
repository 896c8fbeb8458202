import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './ask.ts';
import type { Address } from './server.ts';

/** A work as the server lists it, as far as it is looked at here. */
export interface ListedWork {
  readonly id: string;
  readonly consumer: string;
  /** Its deletion was asked for, and its agent has not ended it yet. */
  readonly deleting: boolean;
  /** Its agent has reported on the version that is stored. */
  readonly reported: boolean;
}

interface Item {
  readonly id: string;
  readonly consumer_name: string;
  readonly version: number;
  readonly deleted_at?: string | null;
  readonly status?: { readonly ObservedVersion?: number };
}

/** Works of a source. @param http where the server listens, past all gates */
export async function worksOf(address: Address, source: string): Promise<readonly ListedWork[]> {
  const search = encodeURIComponent(`source = '${source}'`);
  const answer = await ask(address, { method: 'GET', path: `/api/maestro/v1/resource-bundles?search=${search}` });
  const { items } = answer as { readonly items: readonly Item[] };
  return items.map(({ id, consumer_name: consumer, deleted_at: since, version, status }) => ({
    id,
    consumer,
    deleting: typeof since === 'string',
    reported: status?.ObservedVersion === version,
  }));
}

/** Works of a source that are still such when so much time is over; none as soon as there are none. */
export async function worksAfter(
  withinMs: number,
  http: Address,
  source: string,
  such: (work: ListedWork) => boolean,
): Promise<readonly ListedWork[]> {
  for (const untilMs = Date.now() + withinMs; ; await pause(100)) {
    const left = (await worksOf(http, source)).filter(such);
    if (left.length === 0 || Date.now() > untilMs) return left;
  }
}

export const isDeleting = ({ deleting }: ListedWork): boolean => deleting;

/** Its agent has yet to report, or does not know of it. */
export const isUnreported = ({ deleting, reported }: ListedWork): boolean => !deleting && !reported;
