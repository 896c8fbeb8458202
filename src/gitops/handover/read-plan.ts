import { hash } from 'node:crypto';
import { objectAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { isApplication } from '../bundle/content-hash.ts';
import { spokeApplication } from '../bundle/spoke-application.ts';
import { readStoredBundle, type StoredBundle } from '../bundle/stored-bundle.ts';
import type { ClassicWork } from '../classic/classic-work.ts';
import { comparedText } from '../classic/differences.ts';
import { manifestsOf } from '../classic/let-go.ts';
import { migrationStamp } from '../constants.ts';
import { applications, managedClusters, manifestWorks } from '../kube/hub-kinds.ts';
import type { Budget } from '../../operations/budget.ts';
import { parseManagedCluster } from '../model/clusters.ts';
import { parseHubApplication, pullSelector, type HubApplication } from '../model/hub-application.ts';
import { readEach } from '../survey/read-each.ts';
import { annotationsOf } from './pinned-write.ts';
import type { HandoverPlan } from './plan.ts';
import { seenWork, type ReadDeps } from './read-facts.ts';

/** What is kept of a hub application while all of them are looked at. */
export interface HubSummary extends Pick<
  HubApplication,
  'key' | 'namespace' | 'name' | 'uid' | 'cluster' | 'spokeNamespace'
> {
  readonly deletionTimestamp?: string;
  /** Sum of what the cluster is to have of it: the same of two Applications between which nothing differs. */
  readonly text: string;
  readonly destinationNamespace: string | undefined;
}

export interface HubSummaries {
  ofCluster(name: string): readonly HubSummary[];
  /** Another application of its cluster would have a bundle of the same plain name. */
  sharesName(summary: HubSummary): boolean;
}

export interface HeldWork {
  readonly work: ClassicWork;
  readonly text: string;
  /** The migration that works on it; "" when none does. */
  readonly migration: string;
}

/** What delivers to a cluster, by keys of hub applications. */
export interface ClusterHoldings {
  readonly works: ReadonlyMap<string, readonly HeldWork[]>;
  readonly bundles: ReadonlyMap<string, readonly StoredBundle[]>;
}

/** ManagedClusters that works are delivered to, with their labels. */
export async function readChosenClusters(
  kube: ReadDeps['kube'],
  budget: Budget,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const found = await readEach(
    kube,
    { path: managedClusters },
    (object) => {
      const { name, local } = parseManagedCluster(object);
      return local || name === '' ? undefined : ([name, stringMapAt(objectAt(object, 'metadata'), 'labels')] as const);
    },
    budget,
  );
  return new Map(found);
}

/** Reads all opted-in applications of the hub, and keeps little of those of some clusters. */
export async function readHubSummaries(
  clusters: ReadonlySet<string>,
  { kube }: Pick<ReadDeps, 'kube'>,
  budget: Budget,
): Promise<HubSummaries> {
  const found = await readEach(kube, { path: applications, labelSelector: pullSelector }, summaryOf, budget);
  const byCluster = Map.groupBy(
    found.filter(({ cluster }) => clusters.has(cluster)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    ({ cluster }) => cluster,
  );
  const names = new Map<string, number>();
  for (const one of found) names.set(plainName(one), (names.get(plainName(one)) ?? 0) + 1);
  return {
    ofCluster: (name) => byCluster.get(name) ?? [],
    sharesName: (one) => (names.get(plainName(one)) ?? 0) > 1,
  };
}

function plainName({ cluster, namespace, name }: HubSummary): string {
  return `${cluster} ${namespace}-${name}`;
}

function summaryOf(object: Parameters<typeof parseHubApplication>[0]): HubSummary | undefined {
  const app = parseHubApplication(object);
  if (!app.selected || app.cluster === '') return undefined;
  const { key, namespace, name, uid, cluster, spokeNamespace, deletionTimestamp } = app;
  const destination = objectAt(objectAt(object, 'spec'), 'destination');
  return {
    key,
    namespace,
    name,
    uid,
    cluster,
    spokeNamespace,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    text: sum(comparedText(spokeApplication(app, false))),
    destinationNamespace: 'namespace' in destination ? textAt(destination, 'namespace') : undefined,
  };
}

function sum(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** Reads the classic works and the bundles of a cluster, and keeps little of them. */
export async function readClusterHoldings(
  cluster: string,
  { source }: Pick<HandoverPlan, 'source'>,
  { kube, maestro }: ReadDeps,
  budget: Budget,
): Promise<ClusterHoldings> {
  const works = await readEach(kube, { path: manifestWorks, namespace: cluster }, heldWork, budget);
  const bundles: StoredBundle[] = [];
  for await (const page of maestro.reader.listBundles({ where: { consumers: [cluster], source } }, budget))
    for (const row of page) bundles.push(readStoredBundle({ ...row, consumer: row.consumerName }));
  return {
    works: Map.groupBy(works, ({ work }) => `${work.hubNamespace}/${work.hubName}`),
    bundles: Map.groupBy(
      bundles.filter(({ managedBy }) => managedBy !== 'foreign'),
      ({ hubNamespace, hubName }) => `${hubNamespace}/${hubName}`,
    ),
  };
}

function heldWork(object: Parameters<typeof seenWork>[0]): HeldWork | undefined {
  const seen = seenWork(object);
  if (seen === undefined) return undefined;
  const held = manifestsOf(object).filter((manifest) => isApplication(manifest));
  const [first] = held;
  return {
    work: seen.work,
    // Of one that holds several, or an AppProject, more has to be looked at.
    text: first === undefined || held.length > 1 || seen.work.projects.length > 0 ? '' : sum(comparedText(first)),
    migration: annotationsOf(object)[migrationStamp] ?? '',
  };
}
