import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../core/json-fields.ts';
import type { Budget } from '../../operations/budget.ts';
import { deployments, leases } from '../kube/hub-kinds.ts';
import type { KubeApi, ResourcePath } from '../kube/kube-api.ts';
import { deploymentFact, maestroDeployment } from '../model/pull-models.ts';
import { callWithin, untilAnswered } from '../survey/call.ts';
import { readPullModels } from '../survey/pull-models.ts';
import { ifServed, looked, readEach, type Looked } from '../survey/read-each.ts';
import { controllerRights, rightsSettingsOf } from './controller-rights.ts';
import type { Purpose } from './finding.ts';
import type { ControllerFacts, HubFacts, LeaseFacts, RightsFacts, WorkloadFacts } from './hub-facts.ts';
import { kindName, lookedForKinds } from './kinds.ts';
import { lookAtRights } from './look-at-rights.ts';
import type { Ability } from './maestro.ts';

/** Where the parts of the model live on the hub. */
export interface HubPlaces {
  readonly controllerNamespace: string;
  readonly classicNamespace: string;
  readonly maestroNamespace: string;
  readonly leaseName: string;
}

/**
 * Looks at the hub itself: kinds, Maestro, both models and the controller.
 *
 * @throws MaestroError for whatever but a missing right
 */
export async function lookAtHub(
  {
    purpose,
    places,
    abilities,
  }: { readonly purpose: Purpose; readonly places: HubPlaces; readonly abilities: readonly Ability[] },
  kube: Pick<KubeApi, 'get' | 'listPage' | 'create'>,
  budget: Budget,
): Promise<HubFacts> {
  const { controllerNamespace, classicNamespace, maestroNamespace, leaseName } = places;
  const [kinds, models, workloads, controller, lease] = await Promise.all([
    lookAtKinds(kube, budget),
    readPullModels(kube, { classicNamespace, ownNamespace: controllerNamespace }, budget),
    looked(() => readEach(kube, { path: deployments, namespace: maestroNamespace }, workloadFacts, budget)),
    looked(async () => {
      const found = await untilAnswered(
        () => kube.get(deployments, { namespace: controllerNamespace, name: maestroDeployment }, callWithin(budget)),
        budget,
      );
      return found === undefined ? undefined : controllerFacts(found);
    }),
    looked(async () => {
      const found = await untilAnswered(
        () => kube.get(leases, { namespace: controllerNamespace, name: leaseName }, callWithin(budget)),
        budget,
      );
      return found === undefined ? undefined : leaseFacts(found);
    }),
  ]);
  return {
    purpose,
    kinds,
    maestro: abilities,
    maestroWorkloads: workloads,
    maestroNamespace,
    models,
    controller,
    controllerNamespace,
    classicNamespace,
    leaseName,
    lease,
    rights: await rightsOf(controller, places, kube, budget),
    wallMs: budget.clock.wallMs(),
  };
}

async function rightsOf(
  controller: Looked<ControllerFacts | undefined>,
  { controllerNamespace, classicNamespace, leaseName }: HubPlaces,
  kube: Pick<KubeApi, 'create'>,
  budget: Budget,
): Promise<Looked<RightsFacts> | undefined> {
  if (!controller.seen || controller.value === undefined) return undefined;
  const { args, serviceAccount } = controller.value;
  const settings = rightsSettingsOf(args, { ownNamespace: controllerNamespace, classicNamespace, leaseName });
  return lookAtRights(
    kube,
    { namespace: controllerNamespace, name: serviceAccount },
    controllerRights(settings),
    budget,
  );
}

async function lookAtKinds(
  kube: Pick<KubeApi, 'listPage'>,
  budget: Budget,
): Promise<ReadonlyMap<string, Looked<boolean>>> {
  const answers = await Promise.all(
    lookedForKinds.map(async (path) => [kindName(path), await looked(() => isServed(kube, path, budget))] as const),
  );
  return new Map(answers);
}

async function isServed(kube: Pick<KubeApi, 'listPage'>, path: ResourcePath, budget: Budget): Promise<boolean> {
  const asked = untilAnswered(() => kube.listPage(path, { limit: 1 }, callWithin(budget)), budget);
  return (await ifServed(asked)) !== undefined;
}

function workloadFacts(object: JsonObject): WorkloadFacts {
  const { subject, desiredReplicas, readyReplicas } = deploymentFact(object);
  return { namespace: subject.namespace, name: subject.name, desired: desiredReplicas, ready: readyReplicas };
}

function controllerFacts(object: JsonObject): ControllerFacts {
  const podSpec = objectAt(objectAt(objectAt(object, 'spec'), 'template'), 'spec');
  const account = textAt(podSpec, 'serviceAccountName');
  return {
    ...workloadFacts(object),
    serviceAccount: account === '' ? 'default' : account,
    args: objectsAt(podSpec, 'containers').flatMap((container) => [
      ...textsAt(container, 'command'),
      ...textsAt(container, 'args'),
    ]),
  };
}

function leaseFacts(object: JsonObject): LeaseFacts {
  const spec = objectAt(object, 'spec');
  const seconds = spec['leaseDurationSeconds'];
  const renewedMs = Date.parse(textAt(spec, 'renewTime'));
  return {
    holder: textAt(spec, 'holderIdentity'),
    renewedMs: Number.isNaN(renewedMs) ? 0 : renewedMs,
    durationMs: typeof seconds === 'number' ? seconds * 1000 : 15_000,
  };
}
