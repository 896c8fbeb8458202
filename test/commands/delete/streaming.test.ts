import { describe, expect, it } from 'vitest';
import { adapterResultOf } from '../support/result.ts';
import { line, noRight, streamingRuns } from '../support/streaming.ts';

const { run, apply } = streamingRuns();

describe('delete --watch --via=stream', () => {
  it('subscribes before it asks, and says what was seen: removed from the cluster', async () => {
    await apply('gone', 'c1', '--watch');
    const done = await run([
      'delete',
      '--name=gone',
      '--consumer=c1',
      '--watch',
      '--via=stream',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('gone', 'deletion requested') + line('gone', 'removed from the cluster'),
      steps: ['subscribe', 'ready', 'delete'],
    });
    expect(adapterResultOf(done, 'r.json')).toMatchObject({
      status: 'success',
      reason: 'Deleted',
      message: expect.stringContaining('removed from the cluster') as string,
    });
  });

  it('says no more than was seen when the stream cannot be opened', async () => {
    await apply('unseen', 'c1', '--watch');
    const done = await run(['delete', '--name=unseen', '--consumer=c1', '--watch', '--via=stream'], {
      denied: noRight,
    });
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('unseen', 'deletion requested') + line('unseen', 'removed from Maestro'),
      steps: ['subscribe', 'delete'],
    });
  });

  it('never says so of objects that were left behind', async () => {
    await apply('kept', 'c1', '--watch');
    const done = await run([
      'delete',
      '--name=kept',
      '--consumer=c1',
      '--orphan',
      '--watch',
      '--via=stream',
      '--timeout=20s',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toContain(line('kept', 'removed from Maestro'));
  });

  it('hears of works of several consumers that lose manifests, which are waited for together', async () => {
    const resource = '--resource=ConfigMap/default/other';
    const consumers = ['--consumer=c1', '--consumer=c2'];
    const done = await run(['delete', '--name=w', ...consumers, resource, '-y', '--watch', '--via=stream']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.steps.slice(0, 2)).toEqual(['subscribe', 'ready']);
  });

  it('is a usage error without --watch', async () => {
    expect(await run(['delete', '--name=gone', '--consumer=c1', '--via=stream'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--via is for --watch') as string,
    });
  });
});
