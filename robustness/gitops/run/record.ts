import { kinds, type Cluster, type KubeObject } from '../../../test/gitops/rig/index.ts';
import { ObjectCache } from '../../../test/gitops/rig/object-cache.ts';
import type { HubState, HubWrite, LeaseState, SpokeState } from '../history.ts';
import type { Spoke } from './spokes.ts';
import { at, hubStateOf, spokeStateOf, textOf } from './read.ts';

/** Writes down each state of each Application on the hub and on the clusters, and of the Lease, past all faults. */
export class Recorder {
  readonly hub: HubState[] = [];
  readonly spokes: SpokeState[] = [];
  readonly lease: LeaseState[] = [];
  readonly #stops: (() => Promise<void> | void)[] = [];
  readonly #front: Cluster['front'];
  /** Of the wall clock, when the front's own began. */
  readonly #frontStartMs: number;
  readonly #apps: ObjectCache;

  constructor(hub: Cluster, spokes: Iterable<Spoke>) {
    this.#front = hub.front;
    this.#frontStartMs = Date.now() - performance.now() + hub.front.startMs;
    this.#apps = new ObjectCache(hub.admin, kinds.applications, (before, after) => {
      const app = after ?? before;
      if (app !== undefined) this.hub.push(hubStateOf(app, after === undefined, Date.now()));
    });
    const leases = new ObjectCache(hub.admin, kinds.leases, (_, after) => {
      const holder = textOf(at(after, 'spec', 'holderIdentity')) ?? '';
      const replica = holder.replace(/_[^_]*$/, '');
      if (this.lease.at(-1)?.replica !== replica) this.lease.push({ atMs: Date.now(), replica });
    });
    this.#stops.push(
      () => this.#apps.stop(),
      () => leases.stop(),
    );
    for (const { name, memory } of spokes)
      this.#stops.push(
        memory.onChange((kind, { type, object }) => {
          if (kind.resource === kinds.applications.resource)
            this.spokes.push(spokeStateOf(name, object, type === 'DELETED', Date.now()));
        }),
      );
  }

  /** Applications of the hub as they are now. */
  applications(): readonly KubeObject[] {
    return this.#apps.objects();
  }

  /** Requests of replicas that change an Application. */
  writes(): readonly HubWrite[] {
    return this.#front
      .requests({ resource: kinds.applications.resource })
      .filter(({ verb }) => verb === 'patch' || verb === 'update' || verb === 'delete' || verb === 'create')
      .map(({ user, namespace = '', name = '', atMs }) => ({
        atMs: Math.round(this.#frontStartMs + atMs),
        replica: user,
        key: `${namespace}/${name}`,
      }));
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}
