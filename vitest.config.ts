import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    // Tests of real processes measure time; on a machine that is busy at that moment they get another try.
    retry: 2,
  },
});
