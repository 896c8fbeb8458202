import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { at } from './support.ts';

/** An Application on a cluster, as a search over all clusters finds it. */
export interface FoundApplication {
  readonly cluster: string;
  readonly application: unknown;
}

/**
 * What the resource sync of the classic pull model adds to the report of a set, by the Applications on the clusters:
 * its conditions by cluster, and the resources of the first that has any. Written apart from what is tested, after how
 * the classic model and its search behave.
 */
export function searched(found: readonly FoundApplication[]): {
  readonly conditions: ReadonlyMap<string, readonly JsonObject[]>;
  readonly resources: readonly JsonObject[];
} {
  const conditions = new Map<string, readonly JsonObject[]>();
  for (const { cluster, application } of found) {
    const said = textsOf(application);
    if (Object.keys(said).length === 0) continue;
    const types = Object.keys(said).sort();
    conditions.set(
      cluster,
      types.map((type) => ({ type, message: said[type] ?? '' })),
    );
  }
  const [resources = []] = found
    .map(({ application }) => resourcesOf(application))
    .filter((resources) => resources.length > 0);
  return { conditions, resources };
}

function textsOf(application: unknown): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const condition of listAt(application, 'status', 'conditions')) {
    const type = String(at(condition, 'type'));
    const message = String(at(condition, 'message'));
    if (/Error|Warning/.test(type)) said[type] = message.length > 512 ? `${message.slice(0, 512)}...` : message;
  }
  const message = at(application, 'status', 'operationState', 'message');
  const isWell =
    at(application, 'status', 'health', 'status') === 'Healthy' &&
    at(application, 'status', 'sync', 'status') === 'Synced';
  const succeeded = at(application, 'status', 'operationState', 'phase') === 'Succeeded';
  if (!isWell && !succeeded && typeof message === 'string') said['OperationError'] = message;
  return said;
}

function resourcesOf(application: unknown): readonly JsonObject[] {
  return listAt(application, 'status', 'resources')
    .filter((one) => at(one, 'kind') !== 'Pod' && at(one, 'kind') !== 'ReplicaSet')
    .map((one) => {
      const { group, version, kind, name, namespace } = one as Readonly<Record<string, string | undefined>>;
      return {
        apiVersion: group === undefined ? (version ?? '') : `${group}/${version ?? ''}`,
        kind: kind ?? '',
        name: name ?? '',
        ...(namespace === undefined ? {} : { namespace }),
      };
    });
}

function listAt(object: unknown, ...path: readonly string[]): readonly JsonValue[] {
  return (at(object, ...path) ?? []) as readonly JsonValue[];
}
