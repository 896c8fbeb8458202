import type { WorkReader } from '../clients/transport.ts';
import { executorProbe, searchAnd } from '../clients/rest/search.ts';
import type { JsonObject } from '../core/json.ts';
import { workFromBundle } from '../core/works/document.ts';
import { recordedExecutor } from '../core/works/own-annotations.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Budget } from './budget.ts';

/** What is known about the executor of a stored work. */
export type StoredExecutor =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly executor: JsonObject }
  /** There is one, and we can not tell which: writing without it would strip it. */
  | { readonly kind: 'unreadable' };

/**
 * Finds out the executor of a stored work. REST never returns it; our
 * annotation records the one we wrote, and a search on the payload proves that
 * it is still the stored one (`payload -> 'data' -> 'executer' @> '{}'`
 * matches any).
 *
 * @param expected the executor that the caller is about to write, tried first
 */
export async function storedExecutor(
  reader: WorkReader,
  bundle: ResourceBundle,
  expected: JsonObject | undefined,
  budget: Budget,
): Promise<StoredExecutor> {
  const recorded = recordedExecutor(workFromBundle(bundle));
  for (const candidate of [expected, recorded]) {
    if (candidate === undefined) continue;
    if (await matches(reader, bundle.id, candidate, budget)) return { kind: 'known', executor: candidate };
  }
  return (await matches(reader, bundle.id, undefined, budget)) ? { kind: 'unreadable' } : { kind: 'none' };
}

async function matches(reader: WorkReader, id: string, executor: JsonObject | undefined, budget: Budget): Promise<boolean> {
  for await (const page of reader.listBundles({ search: searchAnd(executorProbe(id, executor)) }, budget)) {
    if (page.length > 0) return true;
  }
  return false;
}
