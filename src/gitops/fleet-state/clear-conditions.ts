import type { JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { applications } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { conditionsPatch } from '../kube/patches.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import { parseHubApplication } from '../model/hub-application.ts';
import { isDeliveryType } from '../status/delivery-condition.ts';
import { callWithin } from '../survey/call.ts';
import { readEach } from '../survey/read-each.ts';

/** An application of the hub as far as it is told of when the model goes. */
export interface LeftApplication {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  /** It has finalizers of Argo CD, and nobody on the hub who takes them off any more. */
  readonly argoFinalizers: boolean;
  readonly deleting: boolean;
  /** Undefined when none of them is ours. */
  readonly conditions: JsonValue | undefined;
}

/** Somebody else writes a status now and then; more often than this, something is wrong. */
const mostTries = 5;

/**
 * The applications of the hub that are, or were, delivered by this model: those with conditions of ours, and those that
 * are named.
 */
export async function readLeftApplications(
  kube: Pick<KubeApi, 'listPage'>,
  named: ReadonlySet<string>,
  budget: Budget,
): Promise<readonly LeftApplication[]> {
  return readEach(
    kube,
    { path: applications },
    (object) => {
      const app = parseHubApplication(object);
      const key = `${app.namespace}/${app.name}`;
      const conditions = (app.status ?? {})['conditions'];
      const isOurs = stepsFor(app.uid, conditions) !== undefined;
      if (!isOurs && !named.has(key)) return undefined;
      return {
        key,
        uid: app.uid,
        argoFinalizers: app.finalizers.some((finalizer) => isArgoFinalizer(finalizer)),
        deleting: app.deletionTimestamp !== undefined && app.deletionTimestamp !== '',
        conditions: isOurs ? conditions : undefined,
      };
    },
    budget,
  );
}

function stepsFor(uid: string, conditions: JsonValue | undefined): ReturnType<typeof conditionsPatch> {
  return conditionsPatch(uid, conditions, (type) => !isDeliveryType(type));
}

/**
 * Takes our conditions off, and nothing else: finalizers, labels and the rest of the status stay.
 *
 * @returns whether there was anything to take off
 */
export async function clearConditions(
  kube: Pick<KubeApi, 'get' | 'jsonPatch'>,
  { key, uid, conditions: first }: LeftApplication,
  budget: Budget,
): Promise<boolean> {
  const [namespace = '', name = ''] = key.split('/');
  const ref = { namespace, name };
  let conditions = first;
  for (let tries = 1; ; tries += 1) {
    const steps = stepsFor(uid, conditions);
    if (steps === undefined) return tries > 1;
    try {
      await kube.jsonPatch(applications, ref, steps, callWithin(budget));
      return true;
    } catch (caught) {
      const error = MaestroError.from(caught);
      if (error.code === 'not-found') return false;
      if (error.code !== 'conflict' || tries >= mostTries) throw error;
      const object = await kube.get(applications, ref, callWithin(budget));
      const app = object === undefined ? undefined : parseHubApplication(object);
      if (app?.uid !== uid) return false;
      conditions = (app.status ?? {})['conditions'];
    }
  }
}
