import type { JsonObject } from '../../../src/core/json.ts';
import { labelOf, type OldWork } from '../../../src/core/migration/old-work.ts';
import { defaultNames } from '../../../src/core/migration/names.ts';
import { planCluster, type PlanRequest } from '../../../src/core/migration/plan-cluster.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { manifestKey, type ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { withOwnersOfAll } from '../../../src/core/ownership/owners.ts';

export const source = 'hyperfleet';
export const consumer = 'c1';

export function configMap(name: string, data: Readonly<Record<string, string>> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

export function config(name: string, rest: JsonObject = {}): JsonObject {
  return { resourceIdentifier: { resource: 'configmaps', name, namespace: 'default' }, ...rest };
}

export function work(name: string, manifests: readonly JsonObject[], more: Partial<ManifestWork> = {}): ManifestWork {
  return { name, labels: {}, annotations: {}, manifests, manifestConfigs: [], ...more };
}

/** The work as it is read from Maestro, each object managed by one manager. */
export function stored(content: ManifestWork, manager?: string, version = 1): OldWork {
  const owners = new Map(content.manifests.map((manifest) => [labelOf(manifest), manager ?? source]));
  return {
    id: bundleId(source, consumer, content.name),
    version,
    work: manager === undefined ? content : withOwnersOfAll(content, owners),
    resources: Object.fromEntries(
      content.manifests.map((manifest) => [labelOf(manifest), `${manifestKey(manifest).kind.toLowerCase()}s`]),
    ),
  };
}

/** The row of a work as REST gives it. */
export function bundleOf(
  { id, version, work: content }: Pick<OldWork, 'id' | 'version' | 'work'>,
  more: Partial<ResourceBundle> = {},
): ResourceBundle {
  const { name, labels, annotations, manifests, manifestConfigs, deleteOption } = content;
  return {
    id,
    consumerName: consumer,
    version,
    createdAt: '',
    updatedAt: '',
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    raw: {},
    ...more,
  };
}

export function request(to: PlanRequest['to'], more: Partial<PlanRequest> = {}): PlanRequest {
  return { consumer, source, to, name: defaultNames[to], managerOf: {}, ...more };
}

/** The plan, for tests in which there has to be one. */
export function planned(old: readonly OldWork[], asked: PlanRequest, taken: readonly string[] = []): ClusterPlan {
  const result = planCluster(old, new Set(taken), asked);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.refusals));
  return result.plan;
}

/** The texts of the refusals, each with its works. */
export function refusals(
  old: readonly OldWork[],
  asked: PlanRequest,
  taken: readonly string[] = [],
): readonly string[] {
  const result = planCluster(old, new Set(taken), asked);
  return result.kind === 'planned' ? [] : result.refusals.map(({ works, text }) => `${works.join('+')}: ${text}`);
}

/** The new works of a plan as they are read after it was carried out. */
export function carriedOut({ new: made }: ClusterPlan): readonly OldWork[] {
  return made.map((one) => ({ ...one, version: 2 }));
}
