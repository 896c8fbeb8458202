import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, objectsAt, textAt } from '../../core/json-fields.ts';
import type { EventSubject } from '../kube/event-recorder.ts';
import type { GuardReason, GuardState } from './guard-state.ts';

/** Deployment of the classic pull model. */
export const classicDeployment = 'multicluster-integrations';
/** Deployment of the Go controllers for Maestro, and of our chart, which takes its place. */
export const maestroDeployment = 'multicluster-maestro-integrations';
export const classicConfigMap = 'multicluster-integrations-config';
const configKey = 'config.yaml';
const goContainers: readonly string[] = [
  'maestro-argocd-propagation-controller',
  'maestro-argocd-aggregation-controller',
];

/** What is needed of a Deployment. */
export interface DeploymentFact {
  readonly subject: EventSubject;
  readonly readyReplicas: number;
  readonly containers: readonly string[];
}

/** The switches of the ConfigMap; both off when it is not there. */
export interface PullModelSwitches {
  readonly classicDisabled: boolean;
  readonly maestroDisabled: boolean;
}

/** What looking gave; `forbidden` when the hub refuses us the right to look. */
export interface GuardLook {
  readonly deployments: readonly DeploymentFact[] | 'forbidden';
  readonly switches: PullModelSwitches | 'forbidden' | 'unreadable';
}

/**
 * Whether anything may be written. Two models at once would overwrite each
 * other on every cluster, so a doubt refuses too: rights that are missing, a
 * switch that cannot be read. The switch beats the flag, because it is how an
 * operator stops us in a hurry.
 */
export function decideGuard(look: GuardLook, { allowCoexistence }: { readonly allowCoexistence: boolean }): GuardState {
  const { switches, deployments } = look;
  if (switches === 'unreadable') {
    return blockedBy(
      'BadConfig',
      `The key ${configKey} of ConfigMap ${classicConfigMap} is not YAML, so nobody can tell whether pullModel.maestro.disabled is set. Correct it`,
    );
  }
  if (switches !== 'forbidden' && switches.maestroDisabled)
    return blockedBy('Disabled', `pullModel.maestro.disabled is true in ConfigMap ${classicConfigMap}`);
  if (allowCoexistence) return { blocked: false };
  if (switches === 'forbidden') return mayNotLook(`get ConfigMap ${classicConfigMap}`);
  if (deployments === 'forbidden') return mayNotLook('get Deployments');
  const running = deployments.filter(({ readyReplicas }) => readyReplicas > 0);
  const go = running.find(({ containers }) => containers.some((name) => goContainers.includes(name)));
  if (go !== undefined) {
    const what = `Deployment ${placeOf(go)} runs the Go controllers with the same source. Remove it, or scale it to 0`;
    return blockedBy('GoControllersRunning', what, go.subject);
  }
  const classic = running.find(({ subject }) => subject.name === classicDeployment);
  if (classic !== undefined && !switches.classicDisabled) {
    const what = `Deployment ${placeOf(classic)} runs the classic pull model on the same applications. Scale it to 0 with MultiClusterHub paused, or set pullModel.basic.disabled`;
    return blockedBy('ClassicRunning', what, classic.subject);
  }
  return { blocked: false };
}

function mayNotLook(what: string): GuardState {
  return blockedBy(
    'MayNotLook',
    `We may not ${what}, so nobody can tell whether the classic pull model runs. Grant it, or say --allow-classic-coexistence when you know that it does not`,
  );
}

function blockedBy(reason: GuardReason, message: string, about?: EventSubject): GuardState {
  return { blocked: true, reason, message, ...(about === undefined ? {} : { about }) };
}

function placeOf({ subject }: DeploymentFact): string {
  return `${subject.namespace}/${subject.name}`;
}

/** Reads what the guard needs of a Deployment; whatever is malformed counts as not there. */
export function deploymentFact(object: JsonObject): DeploymentFact {
  const metadata = objectAt(object, 'metadata');
  const ready = objectAt(object, 'status')['readyReplicas'];
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
    readyReplicas: typeof ready === 'number' ? ready : 0,
    containers: containers.map((container) => textAt(container, 'name')),
  };
}

/** Reads the switches of the ConfigMap; `undefined` is a ConfigMap that is not there. */
export function pullModelSwitches(configMap: JsonObject | undefined): PullModelSwitches | 'unreadable' {
  const config = configMap === undefined ? undefined : objectAt(configMap, 'data')[configKey];
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
