import type { WorkReader } from '../../clients/transport.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../../operations/budget.ts';
import { untilConnected } from '../../operations/connect-retry.ts';
import { hubIdStamp } from '../constants.ts';
import { readStoredBundle } from '../bundle/stored-bundle.ts';

/** A bundle that this hub's controllers wrote, as far as it is needed to name it. */
export interface OwnBundle {
  readonly id: string;
  /** `metadata.name` of the work. */
  readonly name: string;
  readonly consumer: string;
  /** `namespace/name` of the hub application. */
  readonly application: string;
  /** Its Application on the cluster; both "" when it holds none. */
  readonly spokeNamespace: string;
  readonly spokeName: string;
  readonly version: number;
  readonly deleting: boolean;
  /** Its Application carries a finalizer of Argo CD, so that its workload goes with it. */
  readonly cascades: boolean;
  /** Stamp of the migration that works on it; "" when none does. */
  readonly migration: string;
}

/** Which bundles of the hub are meant; what is absent narrows nothing. */
export interface BundleChoice {
  readonly source: string;
  readonly hubId: string;
  /** Names of clusters; empty: none at all. */
  readonly clusters?: readonly string[];
  /** `namespace/name` of hub applications. */
  readonly applications?: readonly string[];
}

export interface FoundBundles {
  readonly own: readonly OwnBundle[];
  /** Of the same source and clusters, and not of this hub: left alone. */
  readonly others: number;
  /** Rows that cannot be read, and why. */
  readonly unreadable: readonly { readonly id: string; readonly consumer: string; readonly error: MaestroError }[];
}

/** Consumers that one search asks for. */
const consumersPerSearch = 50;

/**
 * All bundles that carry this hub's id, in the order of clusters and names. Of the rows only what names them is kept.
 */
export async function readOwnBundles(
  reader: Pick<WorkReader, 'listBundles'>,
  { source, hubId, clusters, applications }: BundleChoice,
  budget: Budget,
): Promise<FoundBundles> {
  const own: OwnBundle[] = [];
  const unreadable: { id: string; consumer: string; error: MaestroError }[] = [];
  let others = 0;
  const wanted = applications === undefined ? undefined : new Set(applications);
  for (const consumers of searches(clusters)) {
    if (remainingMs(budget) <= 0) throw new MaestroError('timeout', 'the bundles could not all be read in time');
    const found = await untilConnected(async () => {
      const part: { readonly own: OwnBundle[]; readonly unreadable: typeof unreadable; others: number } = {
        own: [],
        unreadable: [],
        others: 0,
      };
      const query = {
        where: { source, ...(consumers === undefined ? {} : { consumers }) },
        partSize: 100,
        onSetAside: ({ id, consumerName, error }: { id: string; consumerName: string; error: MaestroError }): void =>
          void part.unreadable.push({ id, consumer: consumerName, error }),
      };
      for await (const page of reader.listBundles(query, budget)) {
        for (const row of page) {
          // Its content is not summed up: nothing here rests on it.
          const { manifestConfigs: _configs, ...rest } = row;
          const stored = readStoredBundle({ ...rest, consumer: row.consumerName });
          const application = `${stored.hubNamespace}/${stored.hubName}`;
          if (wanted !== undefined && !wanted.has(application)) continue;
          if (stored.managedBy !== 'us' || stored.hubId !== hubId) part.others += 1;
          else
            part.own.push({
              id: stored.id,
              name: stored.name,
              consumer: stored.consumer,
              application,
              spokeNamespace: stored.spokeNamespace,
              spokeName: stored.spokeName,
              version: stored.version,
              deleting: stored.deleting,
              cascades: stored.cascades,
              migration: stored.migration ?? '',
            });
        }
      }
      return part;
    }, budget);
    own.push(...found.own);
    unreadable.push(...found.unreadable);
    others += found.others;
  }
  own.sort((a, b) => compare(a.consumer, b.consumer) || compare(a.name, b.name));
  return { own, others, unreadable };
}

/** Whether a row that is read again is still the bundle of this hub that was found. */
export function isOwnRow({ metadata, consumerName }: ResourceBundle, { consumer }: OwnBundle, hubId: string): boolean {
  return consumerName === consumer && textAt(objectAt(metadata, 'annotations'), hubIdStamp) === hubId;
}

function* searches(clusters: readonly string[] | undefined): Generator<readonly string[] | undefined> {
  if (clusters === undefined) {
    yield undefined;
    return;
  }
  for (let start = 0; start < clusters.length; start += consumersPerSearch)
    yield clusters.slice(start, start + consumersPerSearch);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
