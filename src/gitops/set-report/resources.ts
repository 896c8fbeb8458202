import type { JsonObject } from '../../core/json.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';
import type { ResourceRef } from './report.ts';

/** Kinds that the classic pull model never lists. */
const leftOut: ReadonlySet<string> = new Set([
  'ApplicationSet',
  'Application',
  'EndpointSlice',
  'Pod',
  'ReplicaSet',
  'Cluster',
]);

/** What an application deployed, by its status. */
export function resourcesOf(status: JsonObject): readonly ResourceRef[] {
  return objectsAt(status, 'resources').flatMap((resource) => {
    const [kind, name, namespace] = [textAt(resource, 'kind'), textAt(resource, 'name'), textAt(resource, 'namespace')];
    const apiVersion = [textAt(resource, 'group'), textAt(resource, 'version')].filter((part) => part !== '').join('/');
    if (name === '' || leftOut.has(kind)) return [];
    return [
      {
        ...(apiVersion === '' ? {} : { apiVersion }),
        ...(kind === '' ? {} : { kind }),
        name,
        ...(namespace === '' ? {} : { namespace }),
      },
    ];
  });
}
