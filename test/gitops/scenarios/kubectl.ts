import type { JsonObject } from '../../../src/core/json.ts';
import { replicasOf } from '../rig/hub-operators.ts';
import { kinds, type KubeObject, type Rig } from '../rig/index.ts';
import type { Kind } from '../rig/kube-client.ts';

/** The kinds that pages name, as kubectl takes them. */
const kindsByWord: Readonly<Record<string, Kind>> = {
  multiclusterhub: kinds.multiClusterHubs,
  managedcluster: kinds.managedClusters,
  managedclusteraddons: kinds.addOns,
  deployment: kinds.deployments,
  configmap: kinds.configMaps,
  // A rig keeps no pods: each stands for those of its Deployment.
  pods: kinds.deployments,
};

const flagsWithValue = ['-n', '-p', '-l', '-o'];

/**
 * The few words of kubectl that pages have, as the hub's API sees them.
 *
 * @returns what was read or written
 * @throws Error for words that are not known here, and for an object that is not there
 */
export async function kubectlOn(rig: Rig, given: readonly string[]): Promise<readonly KubeObject[]> {
  const client = rig.hub.client('kubectl');
  const isValue = (index: number): boolean => flagsWithValue.includes(given[index - 1] ?? '');
  const [verb = '', what = '', ...rest] = given.filter((word, index) => !word.startsWith('-') && !isValue(index));
  const flag = (name: string): string | undefined =>
    given.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ??
    (given.includes(name) ? given[given.indexOf(name) + 1] : undefined);
  const kind = kindsByWord[what];
  const namespace = flag('-n');
  const shown = `kubectl ${given.join(' ')}`;
  if (kind === undefined) throw new Error(`${shown}: this kind is not known to the tests`);
  const ref = (name: string): { readonly name: string; readonly namespace?: string } =>
    namespace === undefined ? { name } : { namespace, name };
  const [name = ''] = rest;
  switch (verb) {
    case 'get': {
      if (name === '') {
        const { items } = await client.list(kind, namespace === undefined ? {} : { namespace });
        return what === 'pods' ? items.filter((item) => replicasOf(item).ready > 0) : items;
      }
      const found = await client.get(kind, ref(name));
      if (found === undefined) throw new Error(`${shown}: not found`);
      return [found];
    }
    case 'annotate': {
      const names = rest.filter((word) => !isAnnotation(word));
      const annotations = Object.fromEntries(rest.filter((word) => isAnnotation(word)).map((word) => changeOf(word)));
      return Promise.all(names.map((one) => client.mergePatch(kind, ref(one), { metadata: { annotations } })));
    }
    case 'scale':
      return [await client.mergePatch(kind, ref(name), { spec: { replicas: Number(flag('--replicas')) } })];
    case 'patch':
      if (flag('--type') !== 'merge') throw new Error(`${shown}: only merge patches are known to the tests`);
      return [await client.mergePatch(kind, ref(name), JSON.parse(flag('-p') ?? '') as JsonObject)];
    case 'create': {
      const [key = '', ...text] = (flag('--from-literal') ?? '').split('=');
      return [
        await client.create(kind, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: ref(name),
          data: { [key]: text.join('=') },
        }),
      ];
    }
    default:
      throw new Error(`${shown}: this verb is not known to the tests`);
  }
}

function isAnnotation(word: string): boolean {
  return word.endsWith('-') || word.includes('=');
}

/** `key=value` sets an annotation, `key-` takes it off. */
function changeOf(word: string): readonly [string, string | null] {
  if (word.endsWith('-')) return [word.slice(0, -1), null];
  const [key = '', ...value] = word.split('=');
  return [key, value.join('=')];
}
