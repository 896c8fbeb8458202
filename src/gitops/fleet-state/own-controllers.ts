import type { JsonObject } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { shellWord } from '../../core/shell-word.ts';
import { MaestroError } from '../../errors.ts';
import type { Budget } from '../../operations/budget.ts';
import { configMaps, leases } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { pointerToken, sameVersion } from '../kube/patches.ts';
import { withMaestroDisabled } from '../model/maestro-switch.ts';
import { classicConfigMap, pullModelConfigKey, pullModelSwitches } from '../model/pull-models.ts';
import { callWithin } from '../survey/call.ts';

export interface ControllerPlaces {
  /** Of the Lease. */
  readonly controllerNamespace: string;
  readonly leaseName: string;
  /** Of the ConfigMap with the switch. */
  readonly classicNamespace: string;
}

/** Whether our controllers may write. */
export interface OwnControllers {
  /** Who leads; "" when nobody does. */
  readonly leader: string;
  /** The switch is set, so that whoever leads writes nothing. */
  readonly disabled: boolean;
  /** The text under the key of the ConfigMap; "" when there is none. */
  readonly config: string;
  /** undefined when there is no ConfigMap. */
  readonly configMap: JsonObject | undefined;
}

/**
 * A Lease whose times ran out so long ago is nobody's. Its clock is another one than ours, so it is given much more
 * time than a leader needs to renew it.
 */
const expiredAfterMs = 120_000;

/** @throws MaestroError as the hub answers, a missing right too: what cannot be looked at may write */
export async function readOwnControllers(
  kube: Pick<KubeApi, 'get'>,
  { controllerNamespace, leaseName, classicNamespace }: ControllerPlaces,
  budget: Budget,
): Promise<OwnControllers> {
  const lease = await kube.get(leases, { namespace: controllerNamespace, name: leaseName }, callWithin(budget));
  const configMap = await kube.get(
    configMaps,
    { namespace: classicNamespace, name: classicConfigMap },
    callWithin(budget),
  );
  const switches = pullModelSwitches(configMap);
  const config = objectAt(configMap ?? {}, 'data')[pullModelConfigKey];
  return {
    leader: lease === undefined ? '' : leaderOf(objectAt(lease, 'spec'), budget.clock.wallMs()),
    // The controllers stop for a switch that they cannot read, but whoever corrects it may start them by that.
    disabled: switches !== 'unreadable' && switches.maestroDisabled,
    config: typeof config === 'string' ? config : '',
    configMap,
  };
}

function leaderOf(spec: JsonObject, wallMs: number): string {
  const seconds = spec['leaseDurationSeconds'];
  const lengthMs = typeof seconds === 'number' ? seconds * 1_000 : 0;
  const renewedMs = Date.parse(textAt(spec, 'renewTime'));
  const isExpired = wallMs - renewedMs > lengthMs + expiredAfterMs;
  return isExpired ? '' : textAt(spec, 'holderIdentity');
}

/** The command that sets the switch by hand, with all else of the ConfigMap as it is now. */
export function disableCommand({ config, configMap }: OwnControllers, { classicNamespace }: ControllerPlaces): string {
  const text = withMaestroDisabled(config);
  if (text === undefined) return `kubectl edit configmap ${classicConfigMap} -n ${classicNamespace}`;
  if (configMap === undefined)
    return `kubectl create configmap ${classicConfigMap} -n ${classicNamespace} --from-literal=${pullModelConfigKey}=${shellWord(text)}`;
  const patch = JSON.stringify({ data: { [pullModelConfigKey]: text } });
  return `kubectl patch configmap ${classicConfigMap} -n ${classicNamespace} --type=merge -p ${shellWord(patch)}`;
}

/**
 * Sets the switch, and leaves other keys as they are.
 *
 * @throws MaestroError invalid-input for a text under the key that is no YAML mapping, conflict when somebody else
 *   writes the ConfigMap at the same moment
 */
export async function disableControllers(
  kube: Pick<KubeApi, 'create' | 'jsonPatch'>,
  { config, configMap }: OwnControllers,
  { classicNamespace: namespace }: ControllerPlaces,
  budget: Budget,
): Promise<void> {
  const text = withMaestroDisabled(config);
  if (text === undefined)
    throw new MaestroError(
      'invalid-input',
      `the key ${pullModelConfigKey} of ConfigMap ${namespace}/${classicConfigMap} is no YAML mapping, so it is left as it is`,
      { reason: 'InvalidManifest', hint: 'Correct it by hand.' },
    );
  const data = { [pullModelConfigKey]: text };
  if (configMap === undefined) {
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: classicConfigMap, namespace },
      data,
    };
    await kube.create(configMaps, namespace, object, callWithin(budget));
    return;
  }
  const hasData = Object.keys(objectAt(configMap, 'data')).length > 0;
  await kube.jsonPatch(
    configMaps,
    { namespace, name: classicConfigMap },
    [
      sameVersion(textAt(objectAt(configMap, 'metadata'), 'resourceVersion')),
      hasData
        ? { op: 'add', path: `/data/${pointerToken(pullModelConfigKey)}`, value: text }
        : { op: 'add', path: '/data', value: data },
    ],
    callWithin(budget),
  );
}
