import type { Budget } from '../../operations/budget.ts';
import { readClassicWork } from '../classic/classic-work.ts';
import { applications, managedClusters, manifestWorks } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { parseManagedCluster } from '../model/clusters.ts';
import { parseHubApplication, pullSelector } from '../model/hub-application.ts';
import { readEach } from '../survey/read-each.ts';
import type { HandoverDirection, HandoverPlan } from './plan.ts';

/**
 * Clusters of which the plan knows nothing, and to which a model that is stopped or started would bring a second writer
 * at once: our controllers take up what classic works are left of when that model stops, and the classic model takes up
 * every Application when it starts. Clusters that are switched off for our controllers are none of them.
 *
 * @param plan the whole of it
 * @returns names, in order
 * @throws MaestroError as the hub answers
 */
export async function clustersLeftOut(
  plan: Pick<HandoverPlan, 'clusters'>,
  direction: HandoverDirection,
  kube: Pick<KubeApi, 'listPage'>,
  budget: Budget,
): Promise<readonly string[]> {
  const concerned = new Set(
    direction === 'to-maestro' ? await withClassicWorks(kube, budget) : await withApplications(kube, budget),
  );
  for (const { name } of plan.clusters) concerned.delete(name);
  if (concerned.size === 0) return [];
  const clusters = await readEach(kube, { path: managedClusters }, parseManagedCluster, budget);
  return clusters
    .filter(({ name, local, leftTo }) => concerned.has(name) && !local && leftTo === undefined)
    .map(({ name }) => name)
    .sort();
}

async function withClassicWorks(kube: Pick<KubeApi, 'listPage'>, budget: Budget): Promise<readonly string[]> {
  return readEach(kube, { path: manifestWorks }, (object) => readClassicWork(object)?.cluster, budget);
}

async function withApplications(kube: Pick<KubeApi, 'listPage'>, budget: Budget): Promise<readonly string[]> {
  const selection = { path: applications, labelSelector: pullSelector };
  return readEach(kube, selection, (object) => parseHubApplication(object).cluster || undefined, budget);
}
