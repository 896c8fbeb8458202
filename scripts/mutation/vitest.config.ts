import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import whole from '../../vitest.config.ts';

const root = join(import.meta.dirname, '../..');

/** Folders and files of tests, which run.ts hands over by the environment. */
const chosen = (process.env['MUTATION_TESTS'] ?? 'test/core').split(',');

export default defineConfig({
  resolve: { alias: whole.resolve?.alias ?? [] },
  root,
  test: {
    include: chosen.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.test.ts`)),
    globalSetup: join(root, 'test/support/temporary-folder.ts'),
    setupFiles: [join(root, 'scripts/mutation/set-up.ts')],
    isolate: false,
    restoreMocks: true,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
