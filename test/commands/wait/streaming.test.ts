import { describe, expect, it } from 'vitest';
import { line, noRight, streamingRuns } from '../support/streaming.ts';

const runs = streamingRuns();
const { run, apply } = runs;

describe('wait --via=stream', () => {
  it('ends with the report, whatever the way', async () => {
    const done = run(['wait', '--name=soon', '--consumer=slow', '--via=stream', '--timeout=20s']);
    await apply('soon', 'slow');
    expect(await done).toMatchObject({
      exitCode: 0,
      stdout: line('soon', 'condition met: Available (version 1)'),
      steps: ['subscribe', 'ready'],
    });
  });

  it('reads again after the stream broke, so that what happened meanwhile is not missed', async () => {
    await apply('broken', 'slow');
    const done = run(['wait', '--name=broken', '--consumer=slow', '--via=stream', '--timeout=20s']);
    await expect.poll(() => runs.maestro.subscriptions(), { timeout: 10_000 }).toBe(1);
    runs.maestro.setFault({ kind: 'refuse', channel: 'grpc' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    runs.maestro.clearFaults();
    expect(await done).toMatchObject({ exitCode: 0 });
  });

  it('polls when the stream cannot be opened', async () => {
    await apply('denied');
    const done = await run(['wait', '--name=denied', '--consumer=c1', '--via=stream'], { denied: noRight });
    expect(done).toMatchObject({ exitCode: 0, steps: ['subscribe'] });
    expect(done.stderr).toContain('polling instead');
  });
});
