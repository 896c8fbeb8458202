import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/**
 * A script of this folder as JavaScript, so that neither the time nor the memory
 * of stripping types counts. The installed packages stay outside, and what is
 * loaded when needed stays in files of its own.
 */
export async function compiled(script: string): Promise<string> {
  const folder = join(root, 'node_modules/.cache/maestro-cli-bench');
  await build({
    absWorkingDir: root,
    entryPoints: [join(import.meta.dirname, script)],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
  });
  return join(folder, basename(script).replace(/\.ts$/, '.mjs'));
}
