import { describe, expect, it } from 'vitest';
import { streamingRuns } from './support/streaming.ts';

const { run } = streamingRuns();

describe('what Jobs run opens no stream', () => {
  it('neither apply, wait, list and get, nor delete', async () => {
    const work = ['--name=plain', '--consumer=c1'];
    const runs = [
      await run(['apply', '-f', 'w.yaml', ...work, '--watch=Available']),
      await run(['apply', '-f', 'w.yaml', ...work, '--wait']),
      await run(['wait', ...work, '--for=Applied']),
      await run(['get', ...work]),
      await run(['list', '--consumer=c1']),
      await run(['delete', ...work, '--watch']),
      await run(['wait', ...work, '--for=Deleted']),
    ];
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(runs.flatMap(({ steps }) => steps.filter((step) => step === 'subscribe'))).toEqual([]);
  });
});
