import type { JsonObject } from '../../../../src/core/json.ts';
import type { ResourceMeta } from '../../../../src/core/status/work-status.ts';
import { manifestKey } from '../../../../src/core/works/manifest-work.ts';
import { kinds } from '../kube-client.ts';
import type { Kind, Ref } from '../kube-client.ts';

/** What the agents of the rig know of a spoke's kinds. */
export const servedKinds: Readonly<Record<string, Kind>> = {
  'argoproj.io/Application': kinds.applications,
  'argoproj.io/AppProject': kinds.appProjects,
  '/Namespace': kinds.namespaces,
  '/ConfigMap': kinds.configMaps,
  'apps/Deployment': kinds.deployments,
};

export function kindOf({ group, kind }: Pick<ResourceMeta, 'group' | 'kind'>): Kind | undefined {
  return servedKinds[`${group}/${kind}`];
}

/** How an agent names the object of a manifest in its status. */
export function metaOf(ordinal: number, manifest: JsonObject): ResourceMeta {
  const { group, version, kind, namespace, name } = manifestKey(manifest);
  const resource = kindOf({ group, kind })?.resource ?? '';
  return { ordinal, group, version, kind, resource, name, namespace: resource === 'namespaces' ? '' : namespace };
}

export function refOf({ namespace, name }: Pick<ResourceMeta, 'namespace' | 'name'>): Ref {
  return { ...(namespace === '' ? {} : { namespace }), name };
}
