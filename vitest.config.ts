import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

type Project = 'processes' | 'short' | 'rest' | 'stubs';

/** The longest beginning that fits a file says where it runs; each file runs in one project alone. */
const projects: Readonly<Record<string, Project>> = {
  'test/': 'rest',
  // Start real processes and measure time, on a machine that may be busy.
  'test/acceptance/': 'processes',
  'test/docs/captures': 'processes',
  'test/gitops/rig/': 'processes',
  'test/gitops/scenarios/': 'processes',
  'test/integrations/': 'processes',
  'test/image/': 'processes',
  'test/package/': 'processes',
  'test/reporter/': 'processes',
  // What a hand wants to know after an edit: `npm run test:quick`.
  'test/clients/': 'short',
  'test/command-line/': 'short',
  'test/commands/': 'short',
  'test/core/': 'short',
  'test/gitops/': 'short',
  'test/io/': 'short',
  'test/library/': 'short',
  'test/operations/': 'short',
  'test/output/': 'short',
  'test/standin/': 'short',
  'test/works/': 'short',
  // Longer than a hand waits for.
  'test/commands/apply-fleet': 'rest',
  'test/commands/exit-codes': 'rest',
  'test/commands/streaming': 'rest',
  'test/gitops/kube/real-api-server.test.ts': 'rest',
  'test/gitops/run/health-server.test.ts': 'rest',
  'test/operations/fleet/mass-updates.test.ts': 'rest',
  'test/operations/watch/outages.test.ts': 'rest',
};

function projectOf(file: string): Project {
  // A file that replaces a module must not leave it replaced for the next.
  if (readFileSync(join(root, file), 'utf8').includes('vi.mock(')) return 'stubs';
  const beginning = Object.keys(projects)
    .filter((key) => file.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  return projects[beginning ?? ''] ?? 'rest';
}

const files = Object.groupBy(globSync('test/**/*.test.ts', { cwd: root }), projectOf);

/** A machine that stands still for a second may cost a test a try, and the next one waits for that to be over. */
const again = { count: 2, delay: 1_000 };

/**
 * Without isolation a worker keeps the modules that it has loaded for the next file, so that what hundreds of files
 * import is not evaluated for each. What a property test found is never tried again.
 */
const shared = { isolate: false, retry: { ...again, condition: /^(?!Property failed)/ } };

/** Examples import the package by its name, as its users do; here that is the source. */
const packageName = '@openshift-hyperfleet/maestro-cli';
const alias = [
  { find: new RegExp(`^${packageName}$`), replacement: join(root, 'src/index.ts') },
  { find: `${packageName}/parts`, replacement: join(root, 'src/parts.ts') },
  { find: new RegExp(`^${packageName}/(core|standin)$`), replacement: join(root, 'src/$1/index.ts') },
];

export default defineConfig({
  resolve: { alias },
  test: {
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    globalSetup: 'test/support/temporary-folder.ts',
    setupFiles: 'test/support/verify-scripts.ts',
    expect: { poll: { timeout: 10_000 } },
    // Most files wait for servers and processes more than they compute: one worker for each core leaves it half idle.
    maxWorkers: Math.min(2 * availableParallelism(), availableParallelism() + 4),
    // They begin in the order of their names: long files first, so that none of them is the last alone.
    projects: [
      // Set-ups start servers, and the first one bundles the program.
      {
        extends: true,
        test: { name: 'processes', include: files.processes ?? [], retry: again, hookTimeout: 120_000 },
      },
      { extends: true, test: { ...shared, name: 'rest', include: files.rest ?? [] } },
      { extends: true, test: { ...shared, name: 'short', include: files.short ?? [] } },
      { extends: true, test: { ...shared, name: 'stubs', include: files.stubs ?? [], isolate: true } },
    ],
  },
});
