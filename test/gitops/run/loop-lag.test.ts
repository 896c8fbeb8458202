import { expect, test } from 'vitest';
import { createLoopLag, lagWindowMs } from '../../../src/gitops/run/loop-lag.ts';

test('a loop that stood still while a window was turned over is told of, though the histogram missed it', async () => {
  const stop = new AbortController();
  let monotonicMs = 0;
  let windows = 0;
  const lag = createLoopLag({
    clock: {
      wallMs: () => monotonicMs,
      monotonicMs: () => monotonicMs,
      sleep: async () => {
        windows += 1;
        // Late by eleven seconds, once.
        monotonicMs += lagWindowMs + (windows === 1 ? 11_000 : 0);
        if (windows > 1) stop.abort(new Error('enough'));
        if (windows > 1) throw new Error('enough');
      },
    },
  });
  await lag.run(stop.signal);
  expect(lag.read().maxMs).toBe(11_000);
});
