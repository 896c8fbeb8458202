import type { CallOptions, WorkReader } from '../clients/transport.ts';
import type { JsonObject } from '../core/json.ts';
import { storedContent } from '../core/works/document.ts';
import { recordedExecutor } from '../core/works/own-annotations.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { MaestroError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { isFoundBy } from './found-by.ts';

/** Executors are found by searches alone. */
export type BundleLister = Pick<WorkReader, 'listBundles'>;

/** What is known about the executor of a stored work. */
export type StoredExecutor =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly executor: JsonObject }
  /** There is one, and we cannot tell which: writing without it would strip it. */
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
  reader: BundleLister,
  bundle: ResourceBundle,
  expected: JsonObject | undefined,
  budget: Budget,
): Promise<StoredExecutor> {
  const recorded = recordedExecutor(storedContent(bundle));
  for (const candidate of [expected, recorded]) {
    if (candidate === undefined) continue;
    if (await matches(reader, bundle.id, candidate, budget)) return { kind: 'known', executor: candidate };
  }
  return (await matches(reader, bundle.id, undefined, budget)) ? { kind: 'unreadable' } : { kind: 'none' };
}

/**
 * The executor to write back with a work that was read: a write without it
 * would strip it silently, so it has to be known exactly.
 *
 * @param expected the executor that the caller is about to write, tried first
 * @throws MaestroError ownership/UnknownExecutor
 */
export async function keptExecutor(
  reader: BundleLister,
  bundle: ResourceBundle,
  budget: Budget,
  expected?: JsonObject,
): Promise<Pick<ManifestWork, 'executor'>> {
  const executor = await storedExecutor(reader, bundle, expected, budget);
  switch (executor.kind) {
    case 'none':
      return {};
    case 'known':
      return { executor: executor.executor };
    case 'unreadable':
      throw new MaestroError(
        'ownership',
        `${workName(bundle)} is stored with an executor that Maestro does not show; updating it would strip the executor`,
        {
          reason: 'UnknownExecutor',
          hint: 'Nothing was sent. Put the executor into spec.executor of the manifest file.',
        },
      );
  }
}

/** Works that one search asks for. */
const idsPerSearch = 100;

/**
 * The executors of many works, by id; those that have none are left out. One search asks for a hundred of them, and
 * only those that have one are asked about one by one.
 */
export async function executorsOf(
  reader: BundleLister,
  bundles: readonly ResourceBundle[],
  budget: Budget,
): Promise<ReadonlyMap<string, StoredExecutor>> {
  const having = await havingExecutors(
    reader,
    bundles.map(({ id }) => id),
    budget,
  );
  const found = new Map<string, StoredExecutor>();
  for (const bundle of bundles)
    if (having.has(bundle.id)) found.set(bundle.id, await storedExecutor(reader, bundle, undefined, budget));
  return new Map([...found].filter(([, { kind }]) => kind !== 'none'));
}

/** Those of many works that seem to have an executor; the others have none. One search asks for a hundred of them. */
export async function havingExecutors(
  reader: BundleLister,
  ids: readonly string[],
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  const having = new Set<string>();
  for (let start = 0; start < ids.length; start += idsPerSearch) {
    const where = { ids: ids.slice(start, start + idsPerSearch), executor: {} };
    for await (const page of reader.listBundles({ where }, options)) for (const { id } of page) having.add(id);
  }
  return having;
}

/**
 * A reader that answers for works that were found to have no executor, without asking again. What it is for: planning
 * many works asks about the executor of each that differs.
 *
 * @param lacksExecutor whether the work of this id was found to have none
 */
export function knowingExecutors(reader: BundleLister, lacksExecutor: (id: string) => boolean): BundleLister {
  return {
    listBundles: (query, options) => {
      const { ids: [id, ...more] = [], executor } = query.where ?? {};
      const isKnown = executor !== undefined && id !== undefined && more.length === 0 && lacksExecutor(id);
      return isKnown ? none() : reader.listBundles(query, options);
    },
  };
}

async function* none(): AsyncGenerator<never, void> {
  // No page.
}

async function matches(
  reader: BundleLister,
  id: string,
  executor: JsonObject | undefined,
  budget: Budget,
): Promise<boolean> {
  const ids = [id];
  return isFoundBy(reader, { ids, executor: executor ?? {} }, { ids, executor: impossibleExecutor }, budget);
}

/** No agent knows such a member, so nobody stores it. */
const impossibleExecutor: JsonObject = { 'maestro-cli.hyperfleet.io/no-such-executor': true };
