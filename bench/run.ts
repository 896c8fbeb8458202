/**
 * npm run bench: every bench/*.bench.ts, one after another, because they measure; `npm run bench -- startup` only that
 * one. All other arguments go to the benches.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ending = '.bench.ts';
const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(ending))
  .map((name) => name.slice(0, -ending.length))
  .sort();
const words = process.argv.slice(2);
const chosen = all.filter((name) => words.includes(name));

for (const name of chosen.length > 0 ? chosen : all) {
  console.log(`\n## ${name}\n`);
  const rest = words.filter((word) => !all.includes(word));
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}${ending}`), ...rest], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
