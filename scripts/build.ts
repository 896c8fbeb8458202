/**
 * Builds what ships: the command as one CommonJS file, and the library as
 * modules with their types. The same commit gives the same bytes.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

export async function bundleCommand(outfile: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  await build({
    absWorkingDir: root,
    entryPoints: ['bin/cli.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
    define: {
      BUILD_INFO: JSON.stringify({
        version,
        commit: process.env['COMMIT'] ?? git('rev-parse', '--short=12', 'HEAD') ?? 'unknown',
        date: process.env['COMMIT_DATE'] ?? git('log', '-1', '--format=%cI') ?? 'unknown',
      }),
    },
  });
  chmodSync(outfile, 0o755);
}

/** Facts of the commit; a source archive or an image build has none, and may give them as COMMIT and COMMIT_DATE. */
function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await bundleCommand(join(root, 'dist/maestro-cli.cjs'));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
