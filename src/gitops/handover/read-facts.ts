import type { WorkReader } from '../../clients/transport.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../../operations/budget.ts';
import { readClassicWork } from '../classic/classic-work.ts';
import { appProjects, applications, manifestWorks } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { parseHubApplication } from '../model/hub-application.ts';
import { callWithin } from '../survey/call.ts';
import { readEach } from '../survey/read-each.ts';
import type { ClusterFacts, HubFacts } from './facts.ts';
import type { HandoverPlan, PlannedApplication, PlannedCluster } from './plan.ts';
import { isProbe, probeSource } from './probe-bundle.ts';
import type { SeenWork } from './sides.ts';

/** What is asked of hub and Maestro. */
export interface ReadDeps {
  readonly kube: Pick<KubeApi, 'get' | 'listPage'>;
  readonly maestro: { readonly reader: WorkReader };
}

/** A classic work with its object; undefined for any other ManifestWork. */
export function seenWork(object: JsonObject): SeenWork | undefined {
  const work = readClassicWork(object);
  return work === undefined ? undefined : { work, object };
}

/** Reads all that a step on a cluster rests on. */
export async function readFacts(
  cluster: PlannedCluster,
  plan: Pick<HandoverPlan, 'source' | 'hubId'>,
  { kube, maestro }: ReadDeps,
  budget: Budget,
): Promise<ClusterFacts> {
  const ids = cluster.applications.map(({ bundleId }) => bundleId);
  const [works, rows, probes] = await Promise.all([
    readEach(kube, { path: manifestWorks, namespace: cluster.name }, seenWork, budget),
    readRows(maestro.reader, ids, budget),
    readProbes(maestro.reader, plan, cluster.name, budget),
  ]);
  const byKey = Map.groupBy(works, ({ work }) => `${work.hubNamespace}/${work.hubName}`);
  return { works: byKey, rows: new Map(rows.map((row) => [row.id, row])), probes };
}

/** The probes of this hub on a cluster, those that a killed handover left among them. */
async function readProbes(
  reader: WorkReader,
  plan: Pick<HandoverPlan, 'source' | 'hubId'>,
  cluster: string,
  budget: Budget,
): Promise<readonly ResourceBundle[]> {
  const found: ResourceBundle[] = [];
  const query = { where: { consumers: [cluster], source: probeSource(plan) } };
  for await (const page of reader.listBundles(query, budget))
    found.push(...page.filter((row) => row.consumerName === cluster && isProbe(row, plan)));
  return found;
}

/** Reads an application of the hub, and its AppProject where that goes along. */
export async function readHubFacts(
  { key }: Pick<PlannedApplication, 'key'>,
  { settings }: Pick<HandoverPlan, 'settings'>,
  { kube }: Pick<ReadDeps, 'kube'>,
  budget: Budget,
): Promise<HubFacts> {
  const [namespace = '', name = ''] = key.split('/');
  const found = await kube.get(applications, { namespace, name }, callWithin(budget));
  const hub = found === undefined ? undefined : parseHubApplication(found);
  if (hub === undefined || !settings.deliverProject) return { hub, project: undefined };
  const project = await kube.get(appProjects, { namespace: hub.namespace, name: hub.project }, callWithin(budget));
  return { hub, project: isJsonObject(project) ? project : undefined };
}

async function readRows(
  reader: WorkReader,
  ids: readonly string[],
  budget: Budget,
): Promise<readonly ResourceBundle[]> {
  const rows: ResourceBundle[] = [];
  for await (const page of reader.getBundles(ids, budget)) rows.push(...page);
  return rows;
}
