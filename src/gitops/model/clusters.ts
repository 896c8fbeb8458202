import type { JsonObject } from '../../core/json.ts';
import { clusterAvailableCondition, localClusterLabel, ownPullModel, pullModelAnnotation } from '../constants.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';

/** What the controllers keep of a ManagedCluster. */
export interface ManagedCluster {
  readonly name: string;
  /** It is the hub itself: nothing is delivered to it. */
  readonly local: boolean;
  /** undefined until the hub has judged; a cluster whose lease ran out (Unknown) is not available. */
  readonly available: boolean | undefined;
  /** RFC 3339: since when `available` is what it is. */
  readonly availableSince?: string;
  /**
   * The cluster is switched off for us: what its annotation names in our place, such as `classic`. Absent while its
   * applications are ours.
   */
  readonly leftTo?: string;
}

/** Reads a ManagedCluster; never throws. */
export function parseManagedCluster(object: JsonObject): ManagedCluster {
  const metadata = objectAt(object, 'metadata');
  const conditions = objectsAt(objectAt(object, 'status'), 'conditions');
  const condition = conditions.find((item) => textAt(item, 'type') === clusterAvailableCondition);
  const leftTo = stringMapAt(metadata, 'annotations')[pullModelAnnotation] ?? ownPullModel;
  const since = condition === undefined ? '' : textAt(condition, 'lastTransitionTime');
  return {
    name: textAt(metadata, 'name'),
    local: stringMapAt(metadata, 'labels')[localClusterLabel]?.toLowerCase() === 'true',
    available: condition === undefined ? undefined : textAt(condition, 'status') === 'True',
    ...(since === '' ? {} : { availableSince: since }),
    ...(leftTo === ownPullModel ? {} : { leftTo }),
  };
}

/** The clusters that a placement has chosen, by the namespace that may use them. */
export interface PlacementDecision {
  /** `<namespace>/<name>`. */
  readonly key: string;
  readonly namespace: string;
  readonly clusters: readonly string[];
}

/** Reads a PlacementDecision; never throws. */
export function parsePlacementDecision(object: JsonObject): PlacementDecision {
  const metadata = objectAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  const decisions = objectsAt(objectAt(object, 'status'), 'decisions');
  return {
    key: `${namespace}/${textAt(metadata, 'name')}`,
    namespace,
    clusters: decisions.map((decision) => textAt(decision, 'clusterName')).filter((name) => name !== ''),
  };
}
