/**
 * Rolls a setting out to every cluster of a region: one first, then the others a quarter at a time, each waited for:
 * `node roll-out.ts REGION`. Ctrl-C begins nothing more, and what is known by then is told.
 */
import {
  createMaestroClient,
  type MaestroClientOptions,
  type RollOutConsumer,
  type RollOutResult,
} from '@openshift-hyperfleet/maestro-cli';
import { fromEnvironment } from './connection.ts';

const settings = ({ name, labels }: RollOutConsumer) => ({
  name: 'settings',
  labels: { 'example.io/region': labels['region'] ?? '' },
  manifests: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'default' },
      data: { cluster: name },
    },
  ],
});

export async function rollOutSettings(
  maestro: MaestroClientOptions,
  region: string,
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<RollOutResult> {
  await using client = await createMaestroClient(maestro);
  const result = await client.rollOut(
    {
      works: settings,
      consumers: { selector: `region=${region}` },
      strategy: { canary: 1, waves: '25%' },
      wait: 'Applied',
      failureGraceMs: 10_000,
    },
    {
      signal,
      timeoutMs: 600_000,
      onEvent: (event) => {
        if (event.kind === 'stageBegun')
          log(`${event.stage.name} ${event.stage.number}: ${event.stage.consumers.join(', ')}`);
      },
    },
  );
  for (const { message, works } of result.failures) log(`${works.length} × ${message}`);
  log(`${result.progress.done - result.progress.failed} of ${result.works} works done`);
  return result;
}

if (import.meta.main) {
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  const { exitCode } = await rollOutSettings(fromEnvironment(process.env), process.argv[2] ?? 'eu', {
    signal: ending.signal,
    log: (line) => console.log(line),
  });
  process.exitCode = exitCode;
}
