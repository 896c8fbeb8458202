import {
  createMaestroClient,
  type ApplyWorkResult,
  type JsonObject,
  type MaestroClient,
  type MaestroClientOptions,
} from '@openshift-hyperfleet/maestro-cli';

/** On every shared work, so that the stream can be filtered to them. */
export const sharedLabel = 'example.io/shared-by';
/** On every manifest: which writer it belongs to. It survives a restart, unlike a table in memory. */
export const writerLabel = 'example.io/writer';

/** Conflicts with writers in other processes, such as a second replica; those of this process cannot happen. */
const conflictRetries = 5;

export function sharedWorkName(cluster: string): string {
  return `hyperfleet-${cluster}`;
}

/**
 * One work for each cluster, written by several writers of this process.
 *
 * Two things keep a writer from losing what another wrote: Maestro is told who
 * owns which manifest (`merge`, one manager for each writer), and the writes of
 * one work stand in a line here, so that none is made from a read that another
 * write has overtaken. Different clusters do not wait for each other.
 */
export class SharedWorks {
  readonly #clients: ReadonlyMap<string, MaestroClient>;
  /** The last write of each cluster; it never rejects. */
  readonly #lines = new Map<string, Promise<void>>();

  private constructor(clients: ReadonlyMap<string, MaestroClient>) {
    this.#clients = clients;
  }

  /** Each writer is a manager, and so has a client of its own. */
  static async open(options: MaestroClientOptions, writers: readonly string[]): Promise<SharedWorks> {
    const clients = writers.map(
      async (manager) => [manager, await createMaestroClient({ ...options, manager })] as const,
    );
    return new SharedWorks(new Map(await Promise.all(clients)));
  }

  /** Puts the writer's manifests, all that it wants on the cluster, in the place of those it had there. */
  async write(
    writer: string,
    cluster: string,
    manifests: readonly JsonObject[],
    signal: AbortSignal,
  ): Promise<ApplyWorkResult> {
    const client = this.#clients.get(writer);
    if (client === undefined) throw new TypeError(`there is no writer named ${writer}`);
    const work = {
      name: sharedWorkName(cluster),
      labels: { [sharedLabel]: client.source },
      annotations: {},
      manifests: manifests.map((manifest) => labelled(manifest, writer)),
      manifestConfigs: [],
    };
    return this.#inLine(cluster, () => client.works(cluster).apply(work, { merge: true, conflictRetries, signal }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#lines.values());
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  async #inLine<T>(cluster: string, write: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(cluster) ?? Promise.resolve();
    const written = before.then(write);
    const settled = written.then(
      () => undefined,
      () => undefined,
    );
    this.#lines.set(cluster, settled);
    try {
      return await written;
    } finally {
      if (this.#lines.get(cluster) === settled) this.#lines.delete(cluster);
    }
  }
}

function labelled(manifest: JsonObject, writer: string): JsonObject {
  const metadata = (manifest['metadata'] ?? {}) as JsonObject;
  const labels = (metadata['labels'] ?? {}) as JsonObject;
  return { ...manifest, metadata: { ...metadata, labels: { ...labels, [writerLabel]: writer } } };
}
