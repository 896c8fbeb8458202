import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';

/**
 * What the hub says of the two pull models, the classic one and ours: their Deployments, the ConfigMap with their
 * switches, and whether the operator that would start the classic one again is paused.
 */

/** Deployment of the classic pull model. */
export const classicDeployment = 'multicluster-integrations';
/** Deployment of the Go controllers for Maestro, and of our chart, which takes its place. */
export const maestroDeployment = 'multicluster-maestro-integrations';
export const classicConfigMap = 'multicluster-integrations-config';
/** Its key that holds YAML. */
export const pullModelConfigKey = 'config.yaml';

/** Annotation that pauses the operator of MultiClusterHub, and what it was called before. */
export const pauseAnnotation = 'installer.open-cluster-management.io/pause';
export const formerPauseAnnotation = 'mch-pause';

/** A Deployment as Events name it. */
export interface DeploymentSubject {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** What is needed of a Deployment. */
export interface DeploymentFact {
  readonly subject: DeploymentSubject;
  /** What it is to have; 1 when it says nothing, as the API server has it. */
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly containers: readonly string[];
}

/** The switches of the ConfigMap; both off when it is not there. */
export interface PullModelSwitches {
  readonly classicDisabled: boolean;
  readonly maestroDisabled: boolean;
}

/** Reads a Deployment; whatever is malformed counts as not there. */
export function deploymentFact(object: JsonObject): DeploymentFact {
  const metadata = objectAt(object, 'metadata');
  const ready = objectAt(object, 'status')['readyReplicas'];
  const desired = objectAt(object, 'spec')['replicas'];
  const podSpec = objectAt(objectAt(objectAt(object, 'spec'), 'template'), 'spec');
  const containers = objectsAt(podSpec, 'containers');
  return {
    subject: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: textAt(metadata, 'namespace'),
      name: textAt(metadata, 'name'),
      uid: textAt(metadata, 'uid'),
    },
    desiredReplicas: typeof desired === 'number' ? desired : 1,
    readyReplicas: typeof ready === 'number' ? ready : 0,
    containers: containers.map((container) => textAt(container, 'name')),
  };
}

/** Reads the switches of the ConfigMap; `undefined` is a ConfigMap that is not there. */
export function pullModelSwitches(configMap: JsonObject | undefined): PullModelSwitches | 'unreadable' {
  const config = configMap === undefined ? undefined : objectAt(configMap, 'data')[pullModelConfigKey];
  if (typeof config !== 'string' || config.trim() === '') return { classicDisabled: false, maestroDisabled: false };
  let value: unknown;
  try {
    value = parse(config);
  } catch {
    return 'unreadable';
  }
  if (value === null) return { classicDisabled: false, maestroDisabled: false };
  if (!isJsonObject(value as JsonValue)) return 'unreadable';
  const model = objectAt(value as JsonObject, 'pullModel');
  return {
    classicDisabled: isOn(objectAt(model, 'basic')['disabled']),
    maestroDisabled: isOn(objectAt(model, 'maestro')['disabled']),
  };
}

/** `true`, and the text that a hurried hand puts into quotes. */
function isOn(value: JsonValue | undefined): boolean {
  return value === true || (typeof value === 'string' && value.trim().toLowerCase() === 'true');
}

/** A MultiClusterHub, whose operator scales the classic Deployment up again unless it is paused. */
export interface MultiClusterHubFact {
  readonly namespace: string;
  readonly name: string;
  readonly paused: boolean;
  /** The key that pauses it; undefined while it is not paused. */
  readonly pausedBy: string | undefined;
}

/** Reads a MultiClusterHub; the former key counts only where the current one says nothing, as its operator has it. */
export function multiClusterHubFact(object: JsonObject): MultiClusterHubFact {
  const metadata = objectAt(object, 'metadata');
  const annotations = stringMapAt(metadata, 'annotations');
  const key = (annotations[pauseAnnotation] ?? '') === '' ? formerPauseAnnotation : pauseAnnotation;
  const pausedBy = isOn(annotations[key]) ? key : undefined;
  return {
    namespace: textAt(metadata, 'namespace'),
    name: textAt(metadata, 'name'),
    paused: pausedBy !== undefined,
    pausedBy,
  };
}
