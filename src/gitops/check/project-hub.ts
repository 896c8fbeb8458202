import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { conditionType } from '../../core/status/work-status.ts';
import { pullModelAnnotation } from '../constants.ts';
import { parseManagedCluster } from '../model/clusters.ts';
import { addOnNames, type AddOnFacts, type AddOnName, type ClusterFacts } from './facts.ts';
import { short } from './project-application.ts';

/** Reads a ManagedCluster; never throws. */
export function projectCluster(object: JsonObject): ClusterFacts {
  const metadata = objectAt(object, 'metadata');
  const { name, local, available, availableSince = '' } = parseManagedCluster(object);
  const pullModel = stringMapAt(metadata, 'annotations')[pullModelAnnotation];
  return {
    name,
    local,
    accepted: isTrue(object, 'HubAcceptedManagedCluster'),
    joined: isTrue(object, 'ManagedClusterJoined'),
    available,
    availableSince,
    ...(pullModel === undefined ? {} : { pullModel }),
    labels: stringMapAt(metadata, 'labels'),
  };
}

/** Reads a ManagedClusterAddOn; undefined for one that the model does not need. */
export function projectAddOn(
  object: JsonObject,
): { readonly cluster: string; readonly name: AddOnName; readonly facts: AddOnFacts } | undefined {
  const metadata = objectAt(object, 'metadata');
  const name = addOnNames.find((known) => known === textAt(metadata, 'name'));
  if (name === undefined) return undefined;
  const condition = conditionOf(object, conditionType.available);
  return {
    cluster: textAt(metadata, 'namespace'),
    name,
    facts: {
      available: condition !== undefined && textAt(condition, 'status') === 'True',
      message: condition === undefined ? 'it has not reported yet' : short(textAt(condition, 'message')),
    },
  };
}

export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(objectAt(object, 'status'), 'conditions').find((item) => textAt(item, 'type') === type);
}

function isTrue(object: JsonObject, type: string): boolean {
  const condition = conditionOf(object, type);
  return condition !== undefined && textAt(condition, 'status') === 'True';
}
