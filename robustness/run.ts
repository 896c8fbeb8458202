/**
 * Random programs of several clients against a server, with faults, each checked against what the server stored.
 *
 *   npm run robustness -- --minutes 10 --seed 42
 *   npm run robustness -- --family works
 *   npm run robustness -- --program robustness-failed.json
 *
 * Prints what it did and what it found; ends with 1 when something was violated.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from './families.ts';
import { noTotals, runProgram, search, totalsLine, violationLine, type Chosen } from './search/search.ts';

const ours = join(import.meta.dirname, '../bin/maestro-cli');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    clients: { type: 'string', default: '3' },
    steps: { type: 'string', default: '5' },
    family: { type: 'string', multiple: true },
    program: { type: 'string' },
    client: { type: 'string', default: ours },
    server: { type: 'string', default: ours },
    failed: { type: 'string', default: 'robustness-failed.json' },
  },
});
const chosen = values.family ?? families.map(({ name }) => name);
const options = {
  client: values.client,
  server: values.server,
  failedFile: values.failed,
  families: families.filter(({ name }) => chosen.includes(name)),
};
const totals = noTotals();

async function replayed(file: string): Promise<boolean> {
  const violated = await runProgram(JSON.parse(readFileSync(file, 'utf8')) as Chosen, { ...options, families }, totals);
  for (const violation of violated) console.log(violationLine(violation));
  return violated.length === 0;
}

async function searched(): Promise<boolean> {
  console.log(`seed ${values.seed}, ${values.minutes} minutes`);
  const found = await search(
    {
      ...options,
      seed: Number(values.seed),
      minutes: Number(values.minutes),
      clients: Number(values.clients),
      steps: Number(values.steps),
      shrinks: true,
    },
    totals,
  );
  if (found === undefined) return true;
  for (const violation of found.violations) console.log(violationLine(violation));
  console.log(`the smallest program that showed it, with its history, is in ${values.failed}:`);
  console.log(JSON.stringify(found.chosen));
  return false;
}

const held = await (values.program === undefined ? searched() : replayed(values.program));
console.log(`${totalsLine(totals)}; ${held ? 'no violation' : 'VIOLATED'}`);
process.exitCode = held ? 0 : 1;
