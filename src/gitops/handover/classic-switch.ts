import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { MaestroError } from '../../errors.ts';
import { pause, remainingMs, type Budget } from '../../operations/budget.ts';
import { beforeMigrationAnnotation } from '../constants.ts';
import type { JsonPatchStep, KubeApi, ObjectRef, ResourcePath } from '../kube/kube-api.ts';
import { pointerToken, sameObject, sameVersion } from '../kube/patches.ts';
import {
  classicDeployment,
  deploymentFact,
  formerPauseAnnotation,
  multiClusterHubFact,
  pauseAnnotation,
  type MultiClusterHubFact,
} from '../model/pull-models.ts';
import { callWithin } from '../survey/call.ts';
import { deployments, multiClusterHubs, readMultiClusterHubs, type PullModels } from '../survey/pull-models.ts';

/*
 * Stopping the classic pull model and starting it again. Its operator scales it
 * up again unless it is paused, so pausing comes first, and un-pausing last.
 * What was there is written down on the object that is changed, in the same
 * write, so that starting restores exactly that, whoever does it and from
 * wherever; doing either twice changes nothing.
 */

/** What one object was changed to, or why it was left as it is. */
export interface SwitchedObject {
  /** `Deployment open-cluster-management/multicluster-integrations`. */
  readonly object: string;
  readonly changed: boolean;
  /** A part of a sentence: `scaled from 1 to 0`, `is at 0 already`. */
  readonly text: string;
}

type SwitchApi = Pick<KubeApi, 'get' | 'listPage' | 'jsonPatch'>;

/** Somebody else writes the same object now and then; more often than this, something is wrong. */
const mostTries = 5;

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
): Promise<readonly SwitchedObject[]> {
  const done: SwitchedObject[] = [];
  for (const hub of await readMultiClusterHubs(kube, budget))
    done.push(await changed(kube, hubTarget(hub), pausing, budget));
  done.push(await changed(kube, deploymentTarget(classicNamespace), scalingDown, budget));
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
): Promise<readonly SwitchedObject[]> {
  const started = await changed(kube, deploymentTarget(classicNamespace), scalingUp, budget);
  if (started.missing)
    throw new MaestroError('not-found', `there is no ${started.object}, so the classic pull model cannot be started`, {
      hint: 'It comes with the operator of MultiClusterHub; --classic-namespace says where it is.',
    });
  const done: SwitchedObject[] = [started];
  for (const hub of await readMultiClusterHubs(kube, budget))
    done.push(await changed(kube, hubTarget(hub), unpausing, budget));
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

interface Target {
  readonly path: ResourcePath;
  readonly ref: ObjectRef;
  readonly object: string;
}

/** What is to be written to an object as it is, with what that is in words; no steps when it is right already. */
interface Change {
  readonly steps: readonly JsonPatchStep[];
  readonly text: string;
}

type Decide = (object: JsonObject) => Change;

function hubTarget({ namespace, name }: MultiClusterHubFact): Target {
  return { path: multiClusterHubs, ref: { namespace, name }, object: `MultiClusterHub ${namespace}/${name}` };
}

function deploymentTarget(namespace: string): Target {
  const ref = { namespace, name: classicDeployment };
  return { path: deployments, ref, object: `Deployment ${namespace}/${classicDeployment}` };
}

/** Reads, decides and writes; begins anew when somebody else has written meanwhile. */
async function changed(
  kube: SwitchApi,
  { path, ref, object }: Target,
  decide: Decide,
  budget: Budget,
): Promise<SwitchedObject & { readonly missing: boolean }> {
  for (let tries = 1; ; tries += 1) {
    const found = await kube.get(path, ref, callWithin(budget));
    if (found === undefined) return { object, changed: false, text: 'is not there', missing: true };
    const { steps, text } = decide(found);
    if (steps.length === 0) return { object, changed: false, text, missing: false };
    const metadata = objectAt(found, 'metadata');
    const pinned = [sameObject(textAt(metadata, 'uid')), sameVersion(textAt(metadata, 'resourceVersion')), ...steps];
    try {
      await kube.jsonPatch(path, ref, pinned, callWithin(budget));
      return { object, changed: true, text, missing: false };
    } catch (error) {
      // A lost answer is looked at again: what was written then is right already.
      const again = error instanceof MaestroError && (error.code === 'conflict' || error.transient);
      if (!again || tries >= mostTries) throw error;
      if (error.code !== 'conflict') await pause(budget, lookEveryMs);
    }
  }
}

const scalingDown: Decide = (object) => {
  const { desiredReplicas } = deploymentFact(object);
  if (desiredReplicas === 0) return { steps: [], text: 'is at 0 already' };
  // A record that is there is of a stop that somebody has undone by hand; what counts is what there is now.
  return {
    steps: [
      ...annotated(object, { [beforeMigrationAnnotation]: JSON.stringify({ replicas: desiredReplicas }) }),
      replicas(0),
    ],
    text: `scaled from ${desiredReplicas} to 0`,
  };
};

const scalingUp: Decide = (object) => {
  const { desiredReplicas } = deploymentFact(object);
  const before = recordOf(object);
  const forget = before === undefined ? [] : annotated(object, { [beforeMigrationAnnotation]: undefined });
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
    steps: annotated(object, {
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
    steps: annotated(object, {
      [beforeMigrationAnnotation]: undefined,
      [pauseAnnotation]: typeof value === 'string' ? value : undefined,
    }),
    text:
      pausedBy === formerPauseAnnotation
        ? `stays paused by ${formerPauseAnnotation}, which no migration set`
        : 'un-paused, as it was before',
  };
};

function annotationsOf(object: JsonObject): Readonly<Record<string, string>> {
  return stringMapAt(objectAt(object, 'metadata'), 'annotations');
}

/** What a stop wrote down; undefined where there is none, or none that can be read. */
function recordOf(object: JsonObject): JsonObject | undefined {
  const text = annotationsOf(object)[beforeMigrationAnnotation];
  if (text === undefined) return undefined;
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return {};
  }
  return isJsonObject(value) ? value : {};
}

/** Steps that set annotations, or take away those that are undefined. */
function annotated(object: JsonObject, values: Readonly<Record<string, string | undefined>>): readonly JsonPatchStep[] {
  const present = annotationsOf(object);
  const path = '/metadata/annotations';
  const none: readonly JsonPatchStep[] =
    'annotations' in objectAt(object, 'metadata') ? [] : [{ op: 'add', path, value: {} }];
  return [
    ...none,
    ...Object.entries(values).flatMap(([key, value]): readonly JsonPatchStep[] => {
      const at = `${path}/${pointerToken(key)}`;
      if (value !== undefined) return [{ op: 'add', path: at, value }];
      return key in present ? [{ op: 'remove', path: at }] : [];
    }),
  ];
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
