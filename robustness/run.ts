/**
 * Random programs of several clients against a server, with faults, each checked against what the server stored.
 *
 *   npm run robustness -- --minutes 10 --seed 42
 *   npm run robustness -- --family works --parallel 4
 *   npm run robustness -- --program robustness-failed-42.json
 *
 * Prints what it did and what it found; ends with 1 when something was violated.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from './families.ts';
import { noTotals, runProgram, search, totalsLine, violationLine, type Chosen } from './search/search.ts';
import { standIn } from './world/stand-in.ts';

const ours = join(import.meta.dirname, '../bin/maestro-cli');
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    parallel: { type: 'string', default: '1' },
    clients: { type: 'string', default: '3' },
    steps: { type: 'string', default: '5' },
    family: { type: 'string', multiple: true },
    program: { type: 'string' },
    client: { type: 'string', default: ours },
    server: { type: 'string', default: ours },
  },
});
const chosen = values.family ?? families.map(({ name }) => name);
const unknown = chosen.find((name) => !families.some((family) => family.name === name));
if (unknown !== undefined) throw new Error(`there are no programs of the family ${unknown}`);
const programs = { client: values.client, server: values.server, serve: standIn(values.server), families };
const totals = noTotals();

async function replayed(file: string): Promise<boolean> {
  const violated = await runProgram(
    JSON.parse(readFileSync(file, 'utf8')) as Chosen,
    { ...programs, failedFile: 'robustness-failed-again.json' },
    totals,
  );
  for (const violation of violated) console.log(violationLine(violation));
  return violated.length === 0;
}

/** Several searches at once, each with its own seed, find more in the same time: a program mostly waits. */
async function searched(): Promise<boolean> {
  const seeds = Array.from({ length: Number(values.parallel) }, (_, index) => Number(values.seed) + index);
  console.log(`seeds ${seeds.join(', ')}; ${values.minutes} minutes`);
  const progress = setInterval(() => console.log(totalsLine(totals)), 60_000);
  const held = await Promise.all(seeds.map(async (seed) => searchedFrom(seed)));
  clearInterval(progress);
  return held.every(Boolean);
}

async function searchedFrom(seed: number): Promise<boolean> {
  const failedFile = `robustness-failed-${String(seed)}.json`;
  const found = await search(
    {
      ...programs,
      families: families.filter(({ name }) => chosen.includes(name)),
      failedFile,
      seed,
      minutes: Number(values.minutes),
      clients: Number(values.clients),
      steps: Number(values.steps),
      shrinks: true,
    },
    totals,
  );
  if (found === undefined) return true;
  for (const violation of found.violations) console.log(violationLine(violation));
  console.log(`seed ${String(seed)}: the smallest program that showed it, with its history, is in ${failedFile}:`);
  console.log(JSON.stringify(found.chosen));
  return false;
}

const held = await (values.program === undefined ? searched() : replayed(values.program));
console.log(`${totalsLine(totals)}; ${held ? 'no violation' : 'VIOLATED'}`);
process.exitCode = held ? 0 : 1;
