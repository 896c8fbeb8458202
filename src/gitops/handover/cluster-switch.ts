import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { classicPullModel, ownPullModel, pullModelAnnotation } from '../constants.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { managedClusters } from '../kube/hub-kinds.ts';
import { annotationsOf, annotationSteps, writePinned } from './pinned-write.ts';

/** Clusters that are switched at a time. */
const atOnce = 8;

/**
 * Has our controllers leave the applications of clusters alone, from the next event on. It comes before the other model
 * is stopped or started, because they take up what nobody holds them back from.
 *
 * @returns names of those that were switched by this call
 * @throws MaestroError not-found for a cluster that the hub does not manage, conflict for one that is left to a model
 *   that we do not know
 */
export async function switchOffClusters(
  kube: Pick<KubeApi, 'get' | 'jsonPatch'>,
  clusters: readonly string[],
  budget: Budget,
): Promise<readonly string[]> {
  const left = clusters.values();
  const switched: string[] = [];
  const work = async (): Promise<void> => {
    for (const cluster of left) if (await switchOff(kube, cluster, budget)) switched.push(cluster);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, clusters.length) }, work));
  return switched.sort();
}

async function switchOff(kube: Pick<KubeApi, 'get' | 'jsonPatch'>, cluster: string, budget: Budget): Promise<boolean> {
  const target = { path: managedClusters, ref: { name: cluster }, object: `ManagedCluster ${cluster}` };
  const { changed, missing } = await writePinned(
    kube,
    target,
    (object) => {
      const value = annotationsOf(object)[pullModelAnnotation] ?? ownPullModel;
      if (value === classicPullModel) return { steps: [], text: 'is switched off already' };
      if (value !== ownPullModel)
        throw new MaestroError('conflict', `ManagedCluster ${cluster} is left to ${JSON.stringify(value)}`, {
          hint: `Whoever set its annotation ${pullModelAnnotation} wants it to be left alone. Leave it out of the plan, or take that off.`,
        });
      return { steps: annotationSteps(object, { [pullModelAnnotation]: classicPullModel }), text: 'switched off' };
    },
    budget,
  );
  if (missing) throw new MaestroError('not-found', `the hub has no ManagedCluster ${cluster}`);
  return changed;
}

/**
 * Leaves a cluster to our controllers again, which go on with it from the next event on.
 *
 * @returns whether anything was written
 */
export async function releaseCluster(
  kube: Pick<KubeApi, 'get' | 'jsonPatch'>,
  cluster: string,
  budget: Budget,
): Promise<boolean> {
  const target = { path: managedClusters, ref: { name: cluster }, object: `ManagedCluster ${cluster}` };
  const { changed } = await writePinned(
    kube,
    target,
    (object) =>
      annotationsOf(object)[pullModelAnnotation] === classicPullModel
        ? {
            steps: annotationSteps(object, { [pullModelAnnotation]: undefined }),
            text: 'left to the controllers again',
          }
        : { steps: [], text: 'is not switched off' },
    budget,
  );
  return changed;
}
