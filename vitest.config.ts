import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    // For tests of real processes, which measure time on a machine that may be busy. It holds for all tests.
    retry: 2,
  },
});
