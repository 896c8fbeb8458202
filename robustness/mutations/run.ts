/**
 * Brings each fault of the table back in a copy of this checkout, and lets the suite look for it.
 *
 *   npm run robustness:mutations -- --minutes 2 [--only NAME]
 *
 * Ends with 1 when one is not found, or is found by another property than the table says.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from '../families.ts';
import { noTotals, search } from '../search/search.ts';
import { mutations, type Mutation } from './table.ts';

const root = join(import.meta.dirname, '../..');
/** Beside what is built, so that it is on the same disk, and left alone by all that reads the project. */
const place = join(root, 'dist');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

/** A copy of what is built, with the fault in it. */
function mutated({ file, find, replace }: Mutation, folder: string): string {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  for (const path of tracked) if (path !== '') cpSync(join(root, path), join(folder, path));
  // As links of each file: the build looks at where packages lie.
  execFileSync('cp', ['-al', join(root, 'node_modules'), folder]);
  const source = readFileSync(join(folder, file), 'utf8');
  if (source.split(find).length !== 2) throw new Error(`${file} does not hold the text once that is to be replaced`);
  writeFileSync(
    join(folder, file),
    source.replace(find, () => replace),
  );
  execFileSync('npm', ['run', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'bin/maestro-cli');
}

async function found(mutation: Mutation): Promise<boolean> {
  const folder = mkdtempSync(join(place, 'mutation-'));
  try {
    const client = mutated(mutation, folder);
    const totals = noTotals();
    const begunMs = Date.now();
    const violated = await search(
      {
        families,
        client,
        server: join(root, 'bin/maestro-cli'),
        seed: Number(values.seed),
        minutes: Number(values.minutes),
        clients: 3,
        steps: 5,
        failedFile: join(folder, 'failed.json'),
        shrinks: false,
      },
      totals,
    );
    const seconds = ((Date.now() - begunMs) / 1000).toFixed(0);
    const by = [...new Set(violated?.violations.map(({ property }) => property))];
    const right = by.some((property) => mutation.properties.includes(property));
    const how = violated === undefined ? 'NOT FOUND' : right ? 'found' : 'FOUND OTHERWISE';
    console.log(
      `${mutation.name}: ${how} by ${by.join(', ') || 'nothing'} after ${seconds} s, ${String(Object.values(totals.programs).reduce((sum, one) => sum + one, 0))} programs`,
    );
    return right;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

mkdirSync(place, { recursive: true });
let all = true;
for (const mutation of mutations) {
  if (values.only !== undefined && values.only !== mutation.name) continue;
  all = (await found(mutation)) && all;
}
process.exitCode = all ? 0 : 1;
