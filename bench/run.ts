/** npm run bench: every bench/*.bench.ts, one after another, because they measure. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

for (const file of readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.ts'))
  .sort()) {
  console.log(`\n## ${file.replace(/\.bench\.ts$/, '')}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
