import type { SetAsideRow, WorkReader } from '../../clients/transport.ts';
import { reportedResources, type OldWork } from '../../core/migration/old-work.ts';
import type { Refusal } from '../../core/migration/refusal.ts';
import { describeState } from '../../core/status/describe-state.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { storedContent } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { executorsOf, type StoredExecutor } from '../executor.ts';

/** The works of one source on one cluster, as Maestro has them. */
export interface StoredCluster {
  readonly consumer: string;
  /** By name. */
  readonly works: readonly ResourceBundle[];
  readonly executors: ReadonlyMap<string, StoredExecutor>;
  /** Works whose rows cannot be read. */
  readonly unreadable: readonly SetAsideRow[];
}

/** Consumers that one search asks for. */
const consumersPerSearch = 50;

/**
 * Reads all works of a source on these consumers, in their order, with their executors.
 */
export async function* readClusters(
  reader: WorkReader,
  source: string,
  consumers: readonly string[],
  budget: Budget,
): AsyncGenerator<StoredCluster, void, void> {
  for (let start = 0; start < consumers.length; start += consumersPerSearch) {
    const some = consumers.slice(start, start + consumersPerSearch);
    const works = new Map<string, ResourceBundle[]>(some.map((consumer) => [consumer, []]));
    const unreadable = new Map<string, SetAsideRow[]>(some.map((consumer) => [consumer, []]));
    const onSetAside = (row: SetAsideRow): void => {
      const known = unreadable.get(row.consumerName);
      if (known === undefined) throw row.error;
      known.push(row);
    };
    for await (const page of reader.listBundles({ where: { consumers: some, source }, onSetAside }, budget)) {
      for (const bundle of page) works.get(bundle.consumerName)?.push(bundle);
    }
    const found = await executorsOf(reader, [...works.values()].flat(), budget);
    for (const consumer of some) {
      yield {
        consumer,
        works: (works.get(consumer) ?? []).sort((a, b) => (workName(a) < workName(b) ? -1 : 1)),
        executors: found,
        unreadable: unreadable.get(consumer) ?? [],
      };
    }
  }
}

/** Why no plan can be made where a work cannot be read. */
export function unreadableRefusal({ name, id, error }: SetAsideRow): Refusal {
  return { works: [name === '' ? id : name], text: `it cannot be read: ${error.message}` };
}

/** The works of a cluster that can be migrated, and why others cannot. */
export function readyWorks(
  works: readonly ResourceBundle[],
  executors: ReadonlyMap<string, StoredExecutor>,
  wallMs: number,
): { readonly ready: readonly OldWork[]; readonly refusals: readonly Refusal[] } {
  const ready: OldWork[] = [];
  const refusals: Refusal[] = [];
  for (const bundle of works) {
    const executor = executors.get(bundle.id) ?? { kind: 'none' };
    const text = whyNot(bundle, executor, wallMs);
    if (text !== undefined) refusals.push({ works: [workName(bundle) === '' ? bundle.id : workName(bundle)], text });
    else {
      const content = storedContent(bundle);
      const work = executor.kind === 'known' ? { ...content, executor: executor.executor } : content;
      ready.push({ id: bundle.id, version: bundle.version, work, resources: reportedResources(bundle) });
    }
  }
  return { ready, refusals };
}

/** An old work has to be on its cluster as it is stored, or nobody knows what moves. */
function whyNot(bundle: ResourceBundle, executor: StoredExecutor, wallMs: number): string | undefined {
  if (workName(bundle) === '') return 'it is stored without a name';
  if (bundle.deletedAt !== undefined) return `it is being deleted since ${bundle.deletedAt}`;
  if (executor.kind === 'unreadable')
    return 'it has an executor that Maestro does not show, so it cannot be written again';
  const state = foldStatus(bundle, bundle.version);
  if (state.kind === 'applied' || state.kind === 'available') return undefined;
  return `it is not applied at its version ${bundle.version}: ${describeState(state, wallMs)}`;
}
