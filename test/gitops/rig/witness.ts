import { ownersOf } from './agent/owners.ts';
import { kinds } from './kube-client.ts';
import type { KubeObject, ObjectClient } from './kube-client.ts';
import { ObjectCache } from './object-cache.ts';
import { eventually } from './wait.ts';

/** An Application as it stood on a cluster at one moment. */
export interface Sighting {
  readonly uid: string;
  /** Names of its owners: they end in the name of a ManifestWork or in the id of a bundle. */
  readonly owners: readonly string[];
  /** Somebody has deleted it, whether or not finalizers hold it. */
  readonly deleting: boolean;
  readonly generation: number;
}

/** What the witness looks at: a cluster of the rig, past its front, so that no fault blinds it. */
export interface WitnessedCluster {
  readonly name: string;
  readonly admin: ObjectClient;
}

/**
 * Keeps every state of every Application of some clusters that their watches tell of, from its start on, so that a test
 * can say at its end what has never been.
 */
export class ApplicationWitness {
  readonly #caches: readonly ObjectCache[];
  readonly #sightings = new Map<string, (Sighting | 'gone')[]>();

  private constructor(clusters: readonly WitnessedCluster[]) {
    this.#caches = clusters.map(
      ({ name, admin }) =>
        new ObjectCache(admin, kinds.applications, (before, after) => this.#take(name, before, after)),
    );
  }

  /** It has seen what is there when this resolves. */
  static async start(clusters: readonly WitnessedCluster[]): Promise<ApplicationWitness> {
    const witness = new ApplicationWitness(clusters);
    await eventually(() => {
      if (!witness.#caches.every(({ watching }) => watching)) throw new Error('a watch has not begun');
    });
    return witness;
  }

  /** Every different state in turn, by cluster and `namespace/name`; empty when it was never seen. */
  history(cluster: string, key: string): readonly (Sighting | 'gone')[] {
    return this.#sightings.get(`${cluster}/${key}`) ?? [];
  }

  /**
   * One line for each application that was deleted, vanished, became another or was once without the owners that it
   * had: empty is what a handover has to leave.
   */
  complaints(): string[] {
    return [...this.#sightings].flatMap(([key, sightings]) => complaintsOf(sightings).map((one) => `${key}: ${one}`));
  }

  /** How many applications it has seen. */
  get size(): number {
    return this.#sightings.size;
  }

  async stop(): Promise<void> {
    for (const cache of this.#caches) await cache.stop();
  }

  #take(cluster: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const metadata = (after ?? before)?.metadata;
    if (metadata === undefined) return;
    const key = `${cluster}/${metadata.namespace ?? ''}/${metadata.name}`;
    const sightings = this.#sightings.get(key) ?? [];
    this.#sightings.set(key, sightings);
    const seen = after === undefined ? 'gone' : sighting(after);
    if (JSON.stringify(sightings.at(-1)) !== JSON.stringify(seen)) sightings.push(seen);
  }
}

function sighting(app: KubeObject): Sighting {
  return {
    uid: app.metadata.uid,
    owners: ownersOf(app).map(({ name }) => (typeof name === 'string' ? name : '')),
    deleting: app.metadata.deletionTimestamp !== undefined,
    generation: app.metadata.generation ?? 0,
  };
}

function complaintsOf(sightings: readonly (Sighting | 'gone')[]): string[] {
  const complaints = new Set<string>();
  let uid: string | undefined;
  let owned = false;
  for (const seen of sightings) {
    if (seen === 'gone') complaints.add('it was gone');
    else {
      if (seen.deleting) complaints.add('it was deleted');
      if (uid !== undefined && uid !== seen.uid) complaints.add('another has its name');
      // An apply makes it first and adds the owner then.
      if (owned && seen.owners.length === 0) complaints.add('it had no owner');
      owned ||= seen.owners.length > 0;
      uid = seen.uid;
    }
  }
  return [...complaints];
}
