/**
 * Tells what is wrong on the clusters, as it comes and as it goes, until Ctrl-C: `node watch.ts`.
 */
import {
  createMaestroClient,
  describeState,
  stateOf,
  type MaestroClientOptions,
} from '@openshift-hyperfleet/maestro-cli';
import { fromEnvironment } from './connection.ts';

/** Ends when `signal` is aborted. */
export async function watchTrouble(
  maestro: MaestroClientOptions,
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<void> {
  await using client = await createMaestroClient(maestro);
  await using watch = client.watch();
  // Closed and not rejected: that it ends is no mistake here.
  signal.addEventListener('abort', () => void watch.close());
  const troubled = new Set<string>();
  for await (const change of watch) {
    const work = `${change.name} on ${change.consumer}`;
    const state = stateOf(change);
    if (state.kind === 'failed') {
      troubled.add(work);
      log(`${work}: ${describeState(state, Date.now())}`);
    } else if ((state.kind === 'available' || state.kind === 'deleted') && troubled.delete(work)) {
      log(`${work}: well again`);
    }
  }
}

if (import.meta.main) {
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  await watchTrouble(fromEnvironment(process.env), { signal: ending.signal, log: (line) => console.log(line) });
}
