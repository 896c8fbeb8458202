import { parseJsonObject, type JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { beforeMigrationAnnotation } from '../constants.ts';
import { deployments, multiClusterHubs } from '../kube/hub-kinds.ts';
import type { JsonPatchStep, KubeApi } from '../kube/kube-api.ts';
import {
  classicDeployment,
  deploymentFact,
  formerPauseAnnotation,
  multiClusterHubFact,
  pauseAnnotation,
  type MultiClusterHubFact,
} from '../model/pull-models.ts';
import {
  annotationsOf,
  annotationSteps,
  writePinned,
  type Change,
  type WriteTarget,
  type WrittenObject,
} from './pinned-write.ts';
import { callWithin } from '../survey/call.ts';
import { readMultiClusterHubs, type PullModels } from '../survey/pull-models.ts';

/*
 * Stopping the classic pull model and starting it again. Its operator scales it
 * up again unless it is paused, so pausing comes first, and un-pausing last.
 * What was there is written down on the object that is changed, in the same
 * write, so that starting restores exactly that, whoever does it and from
 * wherever; doing either twice changes nothing.
 */

type SwitchApi = Pick<KubeApi, 'get' | 'listPage' | 'jsonPatch'>;

/** Between two looks at whether the last pod has ended. */
const lookEveryMs = 1_000;

/**
 * Pauses the operator and scales the classic Deployment to 0, and waits until no pod is ready.
 *
 * @throws MaestroError access-denied without the rights, timeout while a pod is still ready
 */
export async function pauseClassic(
  kube: SwitchApi,
  classicNamespace: string,
  budget: Budget,
): Promise<readonly WrittenObject[]> {
  const done: WrittenObject[] = [];
  for (const hub of await readMultiClusterHubs(kube, budget))
    done.push(await writePinned(kube, hubTarget(hub), pausing, budget));
  done.push(await writePinned(kube, deploymentTarget(classicNamespace), scalingDown, budget));
  await untilNoneReady(kube, classicNamespace, budget);
  return done;
}

/**
 * Gives the classic Deployment the replicas that it had, or 1 where nobody wrote down how many, and takes the pause
 * away that `pauseClassic` made. A pause that somebody else made stays.
 *
 * @throws MaestroError not-found when there is no Deployment of the classic model
 */
export async function startClassic(
  kube: SwitchApi,
  classicNamespace: string,
  budget: Budget,
): Promise<readonly WrittenObject[]> {
  const started = await writePinned(kube, deploymentTarget(classicNamespace), scalingUp, budget);
  if (started.missing)
    throw new MaestroError('not-found', `there is no ${started.object}, so the classic pull model cannot be started`, {
      hint: 'It comes with the operator of MultiClusterHub; --classic-namespace says where it is.',
    });
  const done: WrittenObject[] = [started];
  for (const hub of await readMultiClusterHubs(kube, budget))
    done.push(await writePinned(kube, hubTarget(hub), unpausing, budget));
  return done;
}

/** Why the classic model may write to clusters, or may be made to by its operator; undefined when it cannot. */
export function whyClassicMayWrite({ classic, hubs, switches }: PullModels): string | undefined {
  if (switches.seen && switches.value !== 'unreadable' && switches.value.classicDisabled) return undefined;
  if (!classic.seen) return `nobody can tell whether the classic pull model runs: ${classic.why}`;
  if (classic.value !== undefined && (classic.value.desiredReplicas > 0 || classic.value.readyReplicas > 0)) {
    const { subject, readyReplicas, desiredReplicas } = classic.value;
    return `Deployment ${subject.namespace}/${subject.name} runs the classic pull model (${readyReplicas} ready, ${desiredReplicas} desired)`;
  }
  if (!hubs.seen) return `nobody can tell whether the operator of the classic pull model is paused: ${hubs.why}`;
  const awake = hubs.value.find(({ paused }) => !paused);
  if (awake !== undefined)
    return `MultiClusterHub ${awake.namespace}/${awake.name} is not paused, so its operator starts the classic pull model again`;
  return undefined;
}

/** Commands that stop the classic model by hand, for those who do not let us. */
export function pauseCommands(hubs: readonly MultiClusterHubFact[], classicNamespace: string): readonly string[] {
  return [
    ...hubs
      .filter(({ paused }) => !paused)
      .map(
        ({ namespace, name }) =>
          `kubectl annotate multiclusterhub ${name} -n ${namespace} ${pauseAnnotation}=true --overwrite`,
      ),
    `kubectl scale deployment ${classicDeployment} -n ${classicNamespace} --replicas=0`,
  ];
}

/** Commands that start it by hand. Un-pausing is taking the annotation away, the former one too. */
export function startCommands(hubs: readonly MultiClusterHubFact[], classicNamespace: string): readonly string[] {
  return [
    `kubectl scale deployment ${classicDeployment} -n ${classicNamespace} --replicas=1`,
    ...hubs
      .filter(({ paused }) => paused)
      .map(
        ({ namespace, name }) =>
          `kubectl annotate multiclusterhub ${name} -n ${namespace} ${pauseAnnotation}- ${formerPauseAnnotation}-`,
      ),
  ];
}

type Decide = (object: JsonObject) => Change;

function hubTarget({ namespace, name }: MultiClusterHubFact): WriteTarget {
  return { path: multiClusterHubs, ref: { namespace, name }, object: `MultiClusterHub ${namespace}/${name}` };
}

function deploymentTarget(namespace: string): WriteTarget {
  const ref = { namespace, name: classicDeployment };
  return { path: deployments, ref, object: `Deployment ${namespace}/${classicDeployment}` };
}

const scalingDown: Decide = (object) => {
  const { desiredReplicas } = deploymentFact(object);
  if (desiredReplicas === 0) return { steps: [], text: 'is at 0 already' };
  // A record that is there is of a stop that somebody has undone by hand; what counts is what there is now.
  return {
    steps: [
      ...annotationSteps(object, { [beforeMigrationAnnotation]: JSON.stringify({ replicas: desiredReplicas }) }),
      replicas(0),
    ],
    text: `scaled from ${desiredReplicas} to 0`,
  };
};

const scalingUp: Decide = (object) => {
  const { desiredReplicas } = deploymentFact(object);
  const before = recordOf(object);
  const forget = before === undefined ? [] : annotationSteps(object, { [beforeMigrationAnnotation]: undefined });
  if (desiredReplicas > 0) return { steps: forget, text: `runs already, with ${desiredReplicas}` };
  const wanted = before?.['replicas'];
  const count = typeof wanted === 'number' && Number.isInteger(wanted) && wanted > 0 ? wanted : 1;
  const why = count === wanted ? 'as it was before' : 'nobody wrote down how many there were';
  return { steps: [...forget, replicas(count)], text: `scaled from 0 to ${count}, ${why}` };
};

const pausing: Decide = (object) => {
  const { pausedBy } = multiClusterHubFact(object);
  if (pausedBy !== undefined) return { steps: [], text: `is paused already, by ${pausedBy}` };
  const before = annotationsOf(object)[pauseAnnotation] ?? null;
  return {
    steps: annotationSteps(object, {
      [beforeMigrationAnnotation]: JSON.stringify({ pause: before }),
      [pauseAnnotation]: 'true',
    }),
    text: 'paused',
  };
};

const unpausing: Decide = (object) => {
  const { pausedBy } = multiClusterHubFact(object);
  const before = recordOf(object);
  if (before === undefined)
    return {
      steps: [],
      text: pausedBy === undefined ? 'is not paused' : `stays paused by ${pausedBy}, which no migration set`,
    };
  const value = before['pause'];
  return {
    steps: annotationSteps(object, {
      [beforeMigrationAnnotation]: undefined,
      [pauseAnnotation]: typeof value === 'string' ? value : undefined,
    }),
    text:
      pausedBy === formerPauseAnnotation
        ? `stays paused by ${formerPauseAnnotation}, which no migration set`
        : 'un-paused, as it was before',
  };
};

/** What a stop wrote down, without what cannot be read; undefined where it wrote nothing. */
function recordOf(object: JsonObject): JsonObject | undefined {
  const text = annotationsOf(object)[beforeMigrationAnnotation];
  return text === undefined ? undefined : (parseJsonObject(text) ?? {});
}

function replicas(value: number): JsonPatchStep {
  return { op: 'add', path: '/spec/replicas', value };
}

async function untilNoneReady(kube: SwitchApi, classicNamespace: string, budget: Budget): Promise<void> {
  const { path, ref, object } = deploymentTarget(classicNamespace);
  for (;;) {
    const found = await kube.get(path, ref, callWithin(budget));
    const ready = found === undefined ? 0 : deploymentFact(found).readyReplicas;
    if (ready === 0) return;
    if (remainingMs(budget) <= 0)
      throw new MaestroError('timeout', `${object} was scaled to 0, and ${ready} of its pods are still ready`, {
        hint: 'Give the same command again.',
      });
    await pause(budget, lookEveryMs);
  }
}
