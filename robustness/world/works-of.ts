import type { Address } from './server.ts';

/** A work as the server lists it, as far as it is looked at here. */
export interface ListedWork {
  readonly id: string;
  /** Its deletion was asked for, and its agent has not ended it yet. */
  readonly deleting: boolean;
}

/** Works of a source. @param http where the server listens, past all gates */
export async function worksOf({ host, port }: Address, source: string): Promise<readonly ListedWork[]> {
  const search = encodeURIComponent(`source = '${source}'`);
  const answer = await fetch(`http://${host}:${String(port)}/api/maestro/v1/resource-bundles?search=${search}`);
  if (!answer.ok) throw new Error(`works of ${source}: ${String(answer.status)} ${await answer.text()}`);
  const { items } = (await answer.json()) as { readonly items: readonly { id: string; deleted_at?: string | null }[] };
  return items.map(({ id, deleted_at: since }) => ({ id, deleting: typeof since === 'string' }));
}
