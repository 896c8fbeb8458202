import type { ManagedCluster, PlacementDecision } from '../model/clusters.ts';

/** The hub's ManagedClusters, and since when one that is asked for is missing. */
export class ClusterTable {
  readonly #clusters = new Map<string, ManagedCluster>();
  readonly #missingSince = new Map<string, number>();

  get size(): number {
    return this.#clusters.size;
  }

  get(name: string): ManagedCluster | undefined {
    return this.#clusters.get(name);
  }

  /** What the cluster is left to in our place; undefined while its applications are ours. An arrow, to be passed on. */
  readonly leftTo = (name: string): string | undefined => this.#clusters.get(name)?.leftTo;

  /** Its applications are ours, also when nobody knows the cluster. An arrow, to be passed on. */
  readonly isOurs = (name: string): boolean => this.leftTo(name) === undefined;

  /** How many are left to somebody else. */
  get switchedOff(): number {
    let count = 0;
    for (const { leftTo } of this.#clusters.values()) if (leftTo !== undefined) count += 1;
    return count;
  }

  set(cluster: ManagedCluster): void {
    this.#clusters.set(cluster.name, cluster);
    this.#missingSince.delete(cluster.name);
  }

  delete(name: string): void {
    this.#clusters.delete(name);
  }

  /** Monotonic milliseconds when the cluster was first found missing; undefined while it is there. */
  missingSinceMs(name: string, monotonicMs: number): number | undefined {
    if (this.#clusters.has(name)) return undefined;
    const since = this.#missingSince.get(name);
    if (since !== undefined) return since;
    this.#missingSince.set(name, monotonicMs);
    return monotonicMs;
  }
}

/** Which namespaces may put applications on which clusters. */
export class DecisionTable {
  readonly #decisions = new Map<string, PlacementDecision>();
  /** `<namespace>/<cluster>` → how many decisions say so. */
  readonly #allowed = new Map<string, number>();

  allows(namespace: string, cluster: string): boolean {
    return this.#allowed.has(`${namespace}/${cluster}`);
  }

  /** @returns the clusters for which the namespace's rights changed */
  set(decision: PlacementDecision): readonly string[] {
    const before = this.#decisions.get(decision.key)?.clusters ?? [];
    this.#decisions.set(decision.key, decision);
    return this.#change(decision.namespace, before, decision.clusters);
  }

  delete(key: string): readonly string[] {
    const before = this.#decisions.get(key);
    if (before === undefined) return [];
    this.#decisions.delete(key);
    return this.#change(before.namespace, before.clusters, []);
  }

  #change(namespace: string, before: readonly string[], after: readonly string[]): readonly string[] {
    const changed = new Set<string>();
    const count = (cluster: string, by: 1 | -1): void => {
      const key = `${namespace}/${cluster}`;
      const old = this.#allowed.get(key) ?? 0;
      const next = old + by;
      if (next <= 0) this.#allowed.delete(key);
      else this.#allowed.set(key, next);
      if (old <= 0 !== next <= 0) changed.add(cluster);
    };
    for (const cluster of new Set(after)) count(cluster, 1);
    for (const cluster of new Set(before)) count(cluster, -1);
    return [...changed].filter((cluster) => before.includes(cluster) !== after.includes(cluster));
  }
}
