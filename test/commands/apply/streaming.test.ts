import { describe, expect, it } from 'vitest';
import { startStandIn } from '../../../src/standin/index.ts';
import { runCli } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';
import { line, noRight, streamingRuns } from '../support/streaming.ts';

const runs = streamingRuns();
const { run } = runs;

describe('apply --watch --via=stream', () => {
  const written = ['apply', '-f', 'w.yaml', '--via=stream', '--timeout=20s'];

  it('subscribes before it writes, and ends with the report', async () => {
    const done = await run([...written, '--name=via', '--consumer=slow', '--watch=Available']);
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('via', 'created (version 1)') + line('via', 'condition met: Available (version 1)'),
    });
    expect(done.steps.toSorted()).toEqual(['create', 'ready', 'subscribe']);
    expect(done.steps[0]).toBe('subscribe');
    await expect.poll(() => runs.maestro.subscriptions()).toBe(0);
  });

  it('neither holds the write back nor misses a report when the stream is long in coming', async () => {
    const done = await run([...written, '--name=early', '--consumer=c1', '--watch'], { readyAfterMs: 10_000 });
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('condition met: Applied (version 1)') as string,
      steps: ['subscribe', 'create'],
    });
  });

  it('polls when the stream cannot be opened', async () => {
    const done = await run([...written, '--name=via-denied', '--consumer=c1', '--watch'], { denied: noRight });
    expect(done).toMatchObject({ exitCode: 0, steps: ['subscribe', 'create'] });
    expect(done.stderr).toContain('polling instead');
  });

  it('holds for a fleet: one stream, begun before the first write, for every wave', async () => {
    const done = await run([
      ...written,
      '--name=fleet-via',
      '--consumer=c1',
      '--consumer=slow',
      '--consumer=c2',
      '--waves=2',
      '--watch=Available',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout.match(/condition met: Available/g)).toHaveLength(3);
    expect(done.steps.filter((step) => step !== 'ready')).toEqual(['subscribe', 'create', 'create', 'create']);
    await expect.poll(() => runs.maestro.subscriptions()).toBe(0);
  });

  it('hears of many works, and sees too the one of which nothing more is told', async () => {
    const many = await startStandIn({
      consumers: Array.from({ length: 80 }, (_unused, index) => `m${index}`),
      heartbeatMs: 100,
      agent: { delayMs: 800 },
      agents: { m7: { failManifests: ['ConfigMap/default/settings'] } },
    });
    try {
      const done = await runCli(
        [...written, '--all-consumers', '--watch', '--failure-grace=1s', '--results-path=r.json'],
        { endpoints: many, files: { 'w.yaml': workYaml('many') } },
      );
      expect(done.exitCode, done.stderr).toBe(7);
      expect(done.stdout.match(/condition met: Applied/g)).toHaveLength(79);
      expect(done.stderr).toContain('80 works on 80 consumers: 79 Applied, 1 failed (80 created)\n');
      expect(done.stderr).toMatch(/many on m7: /);
    } finally {
      await many.close();
    }
  });

  it('holds for a canary alone, and the rest needs no stream', async () => {
    const done = await run([
      ...written,
      '--name=canary-via',
      '--consumer=slow',
      '--consumer=c1',
      '--consumer=c2',
      '--canary=1',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('canary: waiting for Applied on 1 work\n') as string,
    });
    expect(done.stderr).toContain('3 works on 3 consumers: 3 created\n');
    expect(done.steps.filter((step) => step === 'subscribe')).toHaveLength(1);
  });

  it('holds for a fleet without the right to subscribe, too', async () => {
    const done = await run([...written, '--name=fleet-denied', '--consumer=c1', '--consumer=c2', '--watch'], {
      denied: noRight,
    });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain('polling instead');
  });

  it('holds for build --apply', async () => {
    const done = await run([
      'build',
      '--apply',
      '-f',
      'w.yaml',
      '--name=built-via',
      '--consumer=c1',
      '--watch',
      '--via=stream',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.steps[0]).toBe('subscribe');
  });
});
