import {
  createMaestroClient,
  type ApplyWorkResult,
  type JsonObject,
  type MaestroClientOptions,
} from '@openshift-hyperfleet/maestro-cli';
import { reportsOf } from './reports.ts';
import { sharedLabel, sharedWorkName, SharedWorks } from './shared-works.ts';
import { StatusEndpoint } from './status-endpoint.ts';

export interface AdapterOptions {
  readonly maestro: Omit<MaestroClientOptions, 'manager'>;
  /** Names of those who write into the shared works; each is a manager. */
  readonly writers: readonly string[];
  /** Base URL of the status endpoint. */
  readonly statusUrl: string;
  readonly log?: (line: string) => void;
}

export interface Adapter {
  /** Resolves when Maestro has stored the writer's part; its outcome comes to the status endpoint. */
  write(writer: string, cluster: string, manifests: readonly JsonObject[]): Promise<ApplyWorkResult>;
  /** Ends the stream and gives up what was not reported yet: it is reported after the next start. */
  close(): Promise<void>;
}

/**
 * An adapter that stays: it embeds MaestroClient, writes one work for each
 * cluster on behalf of several writers, and reports each writer's part as soon
 * as the stream tells of a change. After a start every shared work is reported
 * once, so no outcome is lost by a restart.
 */
export async function startAdapter(options: AdapterOptions): Promise<Adapter> {
  const log = options.log ?? ((): void => undefined);
  const ending = new AbortController();
  const works = await SharedWorks.open(options.maestro, options.writers);
  const watcher = await createMaestroClient(options.maestro);
  const endpoint = new StatusEndpoint(options.statusUrl, ending.signal, log);

  async function follow(): Promise<void> {
    // Maestro streams every work of the source; these two leave ours.
    const selector = `${sharedLabel}=${options.maestro.source}`;
    const accept = ({ consumer, name }: { readonly consumer: string; readonly name: string }): boolean =>
      name === sharedWorkName(consumer);
    for await (const change of watcher.watch({
      selector,
      accept,
      signal: ending.signal,
      onState: (state, error) => log(`watch: ${state}${error === undefined ? '' : `, ${error.message}`}`),
    })) {
      if (change.kind !== 'status') continue;
      for (const [writer, report] of reportsOf(change)) {
        if (options.writers.includes(writer)) endpoint.report(change.consumer, writer, report);
      }
    }
  }

  const following = follow().catch((error: unknown) => {
    if (!ending.signal.aborted) log(`the watch ended: ${String(error)}`);
  });
  return {
    write: (writer, cluster, manifests) => works.write(writer, cluster, manifests, ending.signal),
    close: async () => {
      ending.abort();
      await following;
      await endpoint.settled();
      await works.close();
      await watcher.close();
    },
  };
}
