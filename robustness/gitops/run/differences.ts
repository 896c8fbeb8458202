import { canonicalJson, isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { kinds, refreshAnnotation, type KubeObject } from '../../../test/gitops/rig/index.ts';
import type { GitopsWorld } from './gitops-world.ts';
import { clusterAnnotation, namespace, setName, setPlacement } from './objects.ts';
import { at, keyOf, textOf, withoutDelivery } from './read.ts';

interface Bundle {
  readonly id: string;
  readonly consumer_name: string;
  readonly version: number;
  readonly metadata: JsonObject;
  readonly manifests: readonly JsonObject[];
  readonly status?: JsonObject;
}

/** Something in which the hub, Maestro and the clusters are not one. */
export interface Difference {
  readonly what: string;
  /** A work is there that no Application is there for, or its copy. */
  readonly isLeft: boolean;
}

/**
 * In what the hub, Maestro and the clusters differ now; empty when all has arrived.
 *
 * @param forgotten `cluster namespace/name` of works that Maestro lost: when nobody wants their copies any more, nobody
 *   knows of them either
 */
export async function differences(world: GitopsWorld, forgotten: ReadonlySet<string>): Promise<readonly Difference[]> {
  const answer = await fetch(`${world.maestro.standIn.httpEndpoint}/api/maestro/v1/resource-bundles?size=1000`);
  const { items: bundles } = (await answer.json()) as { readonly items: readonly Bundle[] };
  const apps = (await world.hub.admin.list(kinds.applications)).items;
  const wanted = [...(await ofSet(apps, world)), ...apps.flatMap((app) => ofApplication(app, bundles, world))];
  const left: string[] = [];
  const keys = new Set(apps.map((app) => `${app.metadata.annotations?.[clusterAnnotation] ?? ''} ${keyOf(app)}`));
  for (const bundle of bundles)
    if (!keys.has(`${bundle.consumer_name} ${hubKeyOf(bundle)}`))
      left.push(`the work ${bundle.id} on ${bundle.consumer_name} is for no application: ${hubKeyOf(bundle)}`);
  for (const [cluster, spoke] of world.spokes)
    for (const copy of spoke.memory.list(kinds.applications))
      if (![keys, forgotten].some((known) => known.has(`${cluster} ${keyOf(copy)}`)))
        left.push(`${keyOf(copy)} is on ${cluster} and not on the hub`);
  return [...wanted.map((what) => ({ what, isLeft: false })), ...left.map((what) => ({ what, isLeft: true }))];
}

/** The set has one application on each cluster that is chosen, as its template says, and no other. */
async function ofSet(apps: readonly KubeObject[], { hub }: GitopsWorld): Promise<readonly string[]> {
  const set = await hub.admin.get(kinds.applicationSets, { namespace, name: setName });
  const decision = await hub.admin.get(kinds.placementDecisions, { namespace, name: `${setPlacement}-decision-1` });
  const chosen = (at(decision, 'status', 'decisions') ?? []) as readonly JsonObject[];
  const wanted = set === undefined ? [] : chosen.map(({ clusterName }) => `${textOf(clusterName) ?? ''}-${setName}`);
  const made = apps.filter(({ metadata: { name } }) => name.endsWith(`-${setName}`));
  const change = at(set, 'spec', 'template', 'spec', 'source', 'targetRevision');
  return [
    ...wanted
      .filter((name) => !made.some(({ metadata }) => metadata.name === name))
      .map((name) => `${name} is not made yet`),
    ...made
      .filter(({ metadata }) => !wanted.includes(metadata.name))
      .map(({ metadata }) => `${metadata.name} is still there`),
    ...made
      .filter((app) => set !== undefined && at(app, 'spec', 'source', 'targetRevision') !== change)
      .map(({ metadata }) => `${metadata.name} is as the set was before`),
  ];
}

function hubKeyOf({ metadata }: Bundle): string {
  const prefix = 'apps.open-cluster-management.io/hub-application';
  const part = (name: string): string => String(at(metadata, 'annotations', `${prefix}-${name}`));
  return `${part('namespace')}/${part('name')}`;
}

function ofApplication(app: KubeObject, bundles: readonly Bundle[], { spokes }: GitopsWorld): readonly string[] {
  const key = keyOf(app);
  const { metadata } = app;
  const cluster = metadata.annotations?.[clusterAnnotation] ?? '';
  if (metadata.deletionTimestamp !== undefined) return [`${key} is being deleted on the hub`];
  const found: string[] = [];
  const bundle = bundles.find((one) => one.consumer_name === cluster && hubKeyOf(one) === key);
  const copy = [...spokes.values()]
    .find(({ name }) => name === cluster)
    ?.memory.get(kinds.applications, { namespace: metadata.namespace ?? '', name: metadata.name });
  const revision = (object: unknown): unknown => at(object, 'spec', 'source', 'targetRevision');
  if (bundle === undefined) found.push(`${key} has no work on ${cluster}`);
  else if (at(bundle.status, 'ObservedVersion') !== bundle.version) found.push(`${key} is not reported as it is`);
  if (revision(bundle?.manifests[0]) !== revision(app)) found.push(`${key} is published with another revision`);
  if (copy === undefined) found.push(`${key} is not on ${cluster}`);
  else if (revision(copy) !== revision(app)) found.push(`${key} has another revision on ${cluster}`);
  if (app['operation'] !== undefined || at(bundle?.manifests[0], 'operation') !== undefined)
    found.push(`an operation of ${key} is still under way`);
  const carried = at(bundle?.manifests[0], 'metadata', 'annotations', refreshAnnotation);
  if (metadata.annotations?.[refreshAnnotation] !== undefined || carried !== undefined)
    found.push(`a refresh of ${key} is still under way`);
  if (shown(app) !== shown(copy))
    found.push(`the hub shows another status of ${key}: ${shown(app)} for ${shown(copy)}`);
  return found;
}

/**
 * A status without what is the controllers' own word on the hub, without the suite's mark, and without the time of the
 * last look, which alone is not written.
 */
function shown(app: KubeObject | undefined): string {
  const status = app?.['status'];
  if (!isJsonObject(status)) return 'none';
  const { conditions, summary: _, reconciledAt: __, ...rest } = status;
  return canonicalJson({ ...rest, conditions: withoutDelivery(conditions) });
}
