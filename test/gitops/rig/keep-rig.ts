import { afterAll, beforeAll, beforeEach } from 'vitest';

const startBoundMs = 120_000;

/**
 * One rig for the tests of a block: starts it, and ends it. What a try that failed has made is still there, and the
 * next try would meet that, so it gets a rig of its own.
 */
export function keepRig(begin: () => Promise<void>, end: () => Promise<void>): void {
  beforeAll(begin, startBoundMs);
  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) === 0) return;
    await end().catch(() => undefined);
    await begin();
  }, startBoundMs);
  afterAll(end);
}
