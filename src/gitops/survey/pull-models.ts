import type { Budget } from '../../operations/budget.ts';
import { configMaps, deployments, multiClusterHubs } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import {
  classicConfigMap,
  classicDeployment,
  deploymentFact,
  maestroDeployment,
  multiClusterHubFact,
  pullModelSwitches,
  type DeploymentFact,
  type MultiClusterHubFact,
  type PullModelSwitches,
} from '../model/pull-models.ts';
import { callWithin, untilAnswered } from './call.ts';
import { ifServed, looked, readEach, type Looked } from './read-each.ts';

/** Where the two models live on the hub. */
export interface PullModelPlaces {
  readonly classicNamespace: string;
  /** Of our Deployment. */
  readonly ownNamespace: string;
}

/** What runs, what is switched off, and who would start it again. */
export interface PullModels {
  /** undefined: there is no such Deployment. */
  readonly classic: Looked<DeploymentFact | undefined>;
  /** Under our name: ours, or that of the Go controllers. */
  readonly maestro: Looked<DeploymentFact | undefined>;
  readonly switches: Looked<PullModelSwitches | 'unreadable'>;
  /** None when the hub has no such kind: nobody starts the classic model again by itself. */
  readonly hubs: Looked<readonly MultiClusterHubFact[]>;
}

/** @throws MaestroError for whatever but a missing right */
export async function readPullModels(
  kube: Pick<KubeApi, 'get' | 'listPage'>,
  places: PullModelPlaces,
  budget: Budget,
): Promise<PullModels> {
  const deployment = async (namespace: string, name: string): Promise<Looked<DeploymentFact | undefined>> =>
    looked(async () => {
      const found = await untilAnswered(() => kube.get(deployments, { namespace, name }, callWithin(budget)), budget);
      return found === undefined ? undefined : deploymentFact(found);
    });
  const [classic, maestro, switches, hubs] = await Promise.all([
    deployment(places.classicNamespace, classicDeployment),
    deployment(places.ownNamespace, maestroDeployment),
    looked(async () =>
      pullModelSwitches(
        await untilAnswered(
          () =>
            kube.get(configMaps, { namespace: places.classicNamespace, name: classicConfigMap }, callWithin(budget)),
          budget,
        ),
      ),
    ),
    looked(async () => readMultiClusterHubs(kube, budget)),
  ]);
  return { classic, maestro, switches, hubs };
}

/**
 * Every MultiClusterHub; none where the hub has no such kind, and so no operator that starts anything by itself.
 *
 * @throws MaestroError as the hub answers
 */
export async function readMultiClusterHubs(
  kube: Pick<KubeApi, 'listPage'>,
  budget: Budget,
): Promise<readonly MultiClusterHubFact[]> {
  return (await ifServed(readEach(kube, { path: multiClusterHubs }, multiClusterHubFact, budget))) ?? [];
}
