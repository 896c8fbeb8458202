/**
 * Builds what ships: the command as a loader and the scripts that it loads as
 * commands need them, and the library as modules with their types. The same
 * commit gives the same bytes; only the code caches beside the scripts are V8's
 * own and may be left out.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { nodeFlags } from './bundle/flags.ts';
import { splitBundle } from './bundle/split.ts';

const root = join(import.meta.dirname, '..');

/** Writes the loader to `outfile`, which ends in `.cjs`, and the scripts into the folder of that name without the ending. */
export async function bundleCommand(outfile: string): Promise<void> {
  const { index, scripts } = await splitBundle(root, { BUILD_INFO: JSON.stringify(JSON.stringify(buildFacts())) });
  const folder = outfile.replace(/\.cjs$/, '');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of scripts) writeFileSync(join(folder, `${name}.cjs`), text);
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  await bundleLoader('bin/start.ts', outfile, index);
  chmodSync(outfile, 0o755);
}

/** Runs the command for a moment and keeps what V8 compiled beside the scripts. */
export function writeCodeCaches(outfile: string): void {
  execFileSync(process.execPath, [...nodeFlags, join(root, 'scripts/bundle/code-cache.ts'), outfile], { cwd: root, stdio: 'inherit' });
}

/** One small CommonJS file that knows where each module of the bundle is. */
export async function bundleLoader(entry: string, outfile: string, index: Readonly<Record<string, string>>): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    legalComments: 'none',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
    define: { BUNDLE_INDEX: JSON.stringify(JSON.stringify(index)) },
  });
}

/** What `version` tells; the date is the commit's, so that the same commit builds the same bytes. */
export function buildFacts(): { readonly version: string; readonly commit: string; readonly date: string } {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    commit: process.env['COMMIT'] ?? git('rev-parse', '--short=12', 'HEAD') ?? 'unknown',
    date: process.env['COMMIT_DATE'] ?? git('log', '-1', '--format=%cI') ?? 'unknown',
  };
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
  const outfile = join(root, 'dist/maestro-cli.cjs');
  await bundleCommand(outfile);
  writeCodeCaches(outfile);
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
}
