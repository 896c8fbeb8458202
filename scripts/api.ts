/**
 * Writes docs/api/, the reference of what the npm package exports, from the comments in the sources. An export without
 * a comment, a type that is used and not exported, and a link that leads nowhere end it as failed.
 *
 * With `--check` nothing is written: it fails when docs/api/ is not what would be.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const kept = join(root, 'docs/api');

function generate(out: string): void {
  execFileSync(process.execPath, [join(root, 'node_modules/typedoc/bin/typedoc'), '--logLevel', 'Warn', '--out', out], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function pagesOf(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function check(): void {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-api-'));
  try {
    generate(folder);
    const [made, there] = [pagesOf(folder), pagesOf(kept)];
    const stale = [...new Set([...made.keys(), ...there.keys()])].filter((name) => made.get(name) !== there.get(name));
    if (stale.length > 0) throw new Error(`docs/api/ is not up to date (${stale.join(', ')}): run npm run api`);
    console.log(`docs/api/ is up to date: ${made.size} pages`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv.includes('--check')) check();
else generate(kept);
