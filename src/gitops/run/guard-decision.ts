import {
  classicConfigMap,
  classicDeployment,
  pullModelConfigKey,
  type DeploymentFact,
  type DeploymentSubject,
  type PullModelSwitches,
} from '../model/pull-models.ts';
import type { GuardReason, GuardState } from './guard-state.ts';

const goContainers: readonly string[] = [
  'maestro-argocd-propagation-controller',
  'maestro-argocd-aggregation-controller',
];

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
      `The key ${pullModelConfigKey} of ConfigMap ${classicConfigMap} is not YAML, so nobody can tell whether pullModel.maestro.disabled is set. Correct it`,
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

function blockedBy(reason: GuardReason, message: string, about?: DeploymentSubject): GuardState {
  return { blocked: true, reason, message, ...(about === undefined ? {} : { about }) };
}

function placeOf({ subject }: DeploymentFact): string {
  return `${subject.namespace}/${subject.name}`;
}
