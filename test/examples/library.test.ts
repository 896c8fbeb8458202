import { expect, it } from 'vitest';
import { applyAndWait } from '../../examples/library/apply-and-wait.ts';
import { rollOutSettings } from '../../examples/library/roll-out.ts';
import { watchTrouble } from '../../examples/library/watch.ts';
import { createMaestroClient } from '../../src/index.ts';
import { startStandIn } from '../../src/standin/index.ts';

const agent = { delayMs: 1, availableDelayMs: 1, statusSyncMs: 10 };
const eu = (name: string): { readonly name: string; readonly labels: Readonly<Record<string, string>> } => ({
  name,
  labels: { region: 'eu' },
});

it('applies a Deployment and waits until it is available', async () => {
  await using standIn = await startStandIn({ consumers: ['c1'], agent });
  expect(await applyAndWait(standIn.clientOptions(), 'c1')).toBe('web on c1: created, available at version 1');
  expect(await applyAndWait(standIn.clientOptions(), 'c1')).toBe('web on c1: unchanged, available at version 1');
  await expect(applyAndWait(standIn.clientOptions(), 'typo')).rejects.toMatchObject({ code: 'not-found' });
});

it('rolls settings out to the clusters of a region, a canary first', async () => {
  await using standIn = await startStandIn({ consumers: [...['a', 'b', 'c', 'd'].map(eu), 'other'], agent });
  const lines: string[] = [];
  const told = { signal: new AbortController().signal, log: (line: string) => void lines.push(line) };
  expect(await rollOutSettings(standIn.clientOptions(), 'eu', told)).toMatchObject({ ok: true, exitCode: 0 });
  expect(lines).toEqual(['canary 0: a', 'wave 1: b', 'wave 2: c', 'wave 3: d', '4 of 4 works done']);
  expect(standIn.objects('d')[0]?.manifest).toMatchObject({ data: { cluster: 'd' } });
  expect(standIn.objects('other')).toEqual([]);
});

it('tells of works that cannot be applied, and when they are well again', async () => {
  await using standIn = await startStandIn({
    consumers: ['c1'],
    agent,
    agents: { c1: { failManifests: ['ConfigMap/default/*'] } },
  });
  await using client = await createMaestroClient(standIn.clientOptions());
  const ending = new AbortController();
  const lines: string[] = [];
  const watching = watchTrouble(standIn.clientOptions(), {
    signal: ending.signal,
    log: (line) => {
      lines.push(line);
      if (lines.length === 1) standIn.setAgent('c1', { failManifests: [] });
      if (line.endsWith('well again')) ending.abort();
    },
  });
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } };
  await client.works('c1').apply({ name: 'w', manifests: [manifest] });
  await watching;
  expect(lines[0]).toMatch(/^w on c1: version 1 could not be applied: ConfigMap\/default\/a /);
  expect(lines.at(-1)).toBe('w on c1: well again');
});
