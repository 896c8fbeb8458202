import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start real processes and measure time, on a machine that may be busy. */
const processes = ['acceptance', 'reporter', 'package', 'gitops/rig', 'gitops/scenarios'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    globalSetup: 'test/support/temporary-folder.ts',
    expect: { poll: { timeout: 10_000 } },
    // Most files wait for servers and processes more than they compute; the default leaves a machine of two cores half
    // idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: 'processes', include: processes, retry: 2 } },
      // A machine that stands still for a second may cost a test one try; what a property test found is never tried
      // again.
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.ts'],
          exclude: processes,
          retry: { count: 1, condition: /^(?!Property failed)/ },
        },
      },
    ],
  },
});
