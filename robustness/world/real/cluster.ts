import type { ClusterObject } from '../../works/history/history.ts';
import { printedBy } from './run-program.ts';

interface OwnerReference {
  readonly kind: string;
  readonly name: string;
}

interface ConfigMap {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly OwnerReference[] };
  readonly data?: { readonly call?: string };
}

/** The agent names its AppliedManifestWork after its hub and the work: `<64 hex digits>-<id of the work>`. */
const appliedWork = /^[0-9a-f]{64}-(.+)$/;

/** A cluster as its own API server tells it. */
export class Cluster {
  readonly #consumer: string;
  readonly #kubeconfig: string;

  constructor(consumer: string, kubeconfig: string) {
    this.#consumer = consumer;
    this.#kubeconfig = kubeconfig;
  }

  async makeNamespace(namespace: string): Promise<void> {
    await this.#kubectl('create', 'namespace', namespace);
  }

  /** Whether it goes is not waited for. */
  async removeNamespace(namespace: string): Promise<void> {
    await this.#kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }

  async objects(namespace: string): Promise<readonly ClusterObject[]> {
    const printed = await this.#kubectl('get', 'configmaps', '-n', namespace, '-o', 'json');
    return objectsIn(printed, this.#consumer);
  }

  async #kubectl(...argv: readonly string[]): Promise<string> {
    return printedBy('kubectl', [`--kubeconfig=${this.#kubeconfig}`, ...argv]);
  }
}

/** The objects that calls wrote, of a list of ConfigMaps as `kubectl -o json` prints it. */
export function objectsIn(printed: string, consumer: string): readonly ClusterObject[] {
  const { items } = JSON.parse(printed) as { readonly items: readonly ConfigMap[] };
  return items.flatMap(({ metadata, data }) =>
    data?.call === undefined
      ? []
      : [{ consumer, name: metadata.name, call: data.call, owners: (metadata.ownerReferences ?? []).flatMap(workOf) }],
  );
}

function workOf({ kind, name }: OwnerReference): readonly string[] {
  const work = appliedWork.exec(name)?.[1];
  return kind === 'AppliedManifestWork' && work !== undefined ? [work] : [];
}
