import type { WorkReader } from '../clients/transport.ts';
import { executorProbe } from '../clients/rest/search.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import { workFromBundle } from '../core/works/document.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import { executorAnnotation } from '../core/works/own-annotations.ts';
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
 * it is still the stored one (`spec` of the wire: `@> '{}'` matches any).
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
  return (await matches(reader, bundle.id, {}, budget)) ? { kind: 'unreadable' } : { kind: 'none' };
}

/** The executor that our annotation on a work records. */
export function recordedExecutor(work: ManifestWork): JsonObject | undefined {
  const text = work.annotations[executorAnnotation];
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    // Somebody edited the annotation; the probe still tells whether there is an executor.
    return undefined;
  }
}

/** The work with its executor recorded in our annotation, and without a record when it has none. */
export function withExecutorRecord(work: ManifestWork): ManifestWork {
  const { [executorAnnotation]: _old, ...annotations } = work.annotations;
  if (work.executor === undefined) return { ...work, annotations };
  return { ...work, annotations: { ...annotations, [executorAnnotation]: canonicalJson(work.executor) } };
}

async function matches(reader: WorkReader, id: string, executor: JsonObject, budget: Budget): Promise<boolean> {
  const search = executorProbe(id, executor);
  for await (const page of reader.listBundles({ search }, budget)) {
    if (page.length > 0) return true;
  }
  return false;
}
