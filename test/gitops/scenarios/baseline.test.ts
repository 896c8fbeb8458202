import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { emptyFolder } from '../../support/run-cli.ts';
import { eventually, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { publishBundle } from './bundles.ts';
import { cliOn } from './cli.ts';
import { application, at, createApp, namespace, skipped, startController } from './support.ts';

describe.skipIf(skipped)('the baseline of a hub', { timeout: 60_000 }, () => {
  let rig: Rig;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], applicationSets: false });
    },
    async () => {
      await rig?.stop();
    },
  );

  test('counts what is there, measures the controllers in a window, and shows before beside now', async () => {
    const cwd = emptyFolder();
    const empty = await cliOn(rig, ['gitops', 'baseline', '--out=before.json'], { cwd });
    expect(empty.exitCode).toBe(0);
    expect(empty.stderr).toContain('the controllers: not measured: no --metrics-url was given');
    const [port = 0] = await freePorts(1);
    const controller = startController(rig, { metricsAddress: { host: '127.0.0.1', port } });
    onTestFinished(() => controller.stop());
    for (const name of ['one', 'two']) await createApp(rig, name);
    await publishBundle(rig, application('foreign'), { hubId: 'another-hub' });
    await eventually(
      async () => expect(at(await rig.hubApp(`${namespace}/two`), 'status', 'health', 'status')).toBe('Healthy'),
      20_000,
    );
    const running = cliOn(
      rig,
      [
        'gitops',
        'baseline',
        '--compare=before.json',
        '--out=now.json',
        '-o',
        'json',
        '--for=1s',
        `--metrics-url=http://127.0.0.1:${port}/metrics`,
      ],
      { cwd },
    );
    // Something to count while it looks.
    await new Promise((resolve) => setTimeout(resolve, 500));
    rig.spoke('c1').argo.setHealth(namespace, 'one', 'Degraded');
    const run = await running;
    expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining('the figures are in now.json')]);
    const { now, before, differences } = JSON.parse(run.stdout) as Record<string, Record<string, unknown>>;
    expect(now).toEqual(JSON.parse(readFileSync(join(cwd, 'now.json'), 'utf8')));
    expect(before).toEqual(JSON.parse(readFileSync(join(cwd, 'before.json'), 'utf8')));
    const bundles = (await rig.maestroBundles()).filter(({ metadata }) => metadata.name !== `${namespace}-foreign`);
    expect(at(now, 'bundles', 'count')).toBe(2);
    expect(at(now, 'bundles', 'bytes')).toBeGreaterThan(
      JSON.stringify(bundles.map(({ manifests }) => manifests)).length,
    );
    expect(at(now, 'classicWorks', 'count')).toBe(0);
    expect(differences).toMatchObject({ 'bundles in Maestro': 2, 'classic ManifestWorks': 0 });
    expect(at(now, 'controllers')).toMatchObject({ since: 'window', processes: 1, statusLag: { count: 1 } });
    expect(at(now, 'controllers', 'hubWrites')).toBe(1);
    expect(at(now, 'controllers', 'statusLag', 'p99Ms')).toBeLessThan(5_000);
    const table = await cliOn(rig, ['gitops', 'baseline', '--compare=now.json'], { cwd });
    expect(table.stdout).toMatch(/bundles in Maestro +2 +2 +0\n/);
    expect(table.stdout).toMatch(/status lag p50, ms +\d+ +not measured +-\n/);
  });

  test('what does not answer, or is no controller, is told, and the rest is measured', async () => {
    const other = createServer((_request, response) => response.end('up 1\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const [url, why] of [
      ['http://127.0.0.1:1/metrics', 'cannot be read'],
      [`http://127.0.0.1:${port}/metrics`, 'has no metrics of the controllers'],
    ] as const) {
      const run = await cliOn(rig, ['gitops', 'baseline', `--metrics-url=${url}`, '-o', 'json']);
      expect([run.exitCode, run.stderr]).toEqual([0, expect.stringContaining(why)]);
      expect(JSON.parse(run.stdout)).toMatchObject({ now: { bundles: { count: expect.any(Number) as unknown } } });
    }
  });

  test.each([
    ['not JSON', 'it is no JSON'],
    ['{"baseline":2}', 'it does not begin as one of this version'],
    ['{"baseline":1,"bundles":{}}', 'a member is missing'],
  ])('%j is no baseline', async (text, why) => {
    const run = await cliOn(rig, ['gitops', 'baseline', '--compare=b.json'], { files: { 'b.json': text } });
    expect([run.exitCode, run.stderr]).toEqual([4, expect.stringContaining(why)]);
  });
});
