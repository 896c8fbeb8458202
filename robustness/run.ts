/**
 * Random programs of several clients against a server, with faults, each checked against what the server stored.
 *
 *   npm run robustness -- --minutes 10 --seed 42
 *   npm run robustness -- --family works --parallel 4
 *   npm run robustness -- --program robustness-failed-42.json
 *   npm run robustness -- --maestro-http http://HOST:PORT --maestro-grpc HOST:PORT --maestro-db postgres://… \
 *     --kubeconfig c1=FILE --kubeconfig c2=FILE
 *
 * Prints what it did and what it found; ends with 1 when something was violated.
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from './families.ts';
import { noTotals, runProgram, search, totalsLine, violationLine, type Chosen } from './search/search.ts';
import { RealMaestro } from './world/real/maestro.ts';
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
    'maestro-http': { type: 'string' },
    'maestro-grpc': { type: 'string' },
    'maestro-db': { type: 'string' },
    kubeconfig: { type: 'string', multiple: true },
    'stop-server': { type: 'string' },
    'start-server': { type: 'string' },
    'stop-agent': { type: 'string' },
    'start-agent': { type: 'string' },
  },
});
const real = await realMaestro();
const possible = real === undefined ? families : families.filter(({ onRealServer }) => onRealServer);
/** A family that was not asked for is left out where what it needs is not installed, and said to be. */
function familiesHere(): string[] {
  return possible.flatMap(({ name, lacks }) => {
    const lacking = lacks?.();
    if (lacking !== undefined) console.log(`${name}: ${lacking}`);
    return lacking === undefined ? [name] : [];
  });
}

const chosen = values.family ?? familiesHere();
const unknown = chosen.find((name) => !possible.some((family) => family.name === name));
if (unknown !== undefined) throw new Error(`there are no programs of the family ${unknown} for this server`);
const serve = real?.serve ?? standIn(values.server);
const programs = { client: values.client, server: values.server, serve, families };
const totals = noTotals();

/** Undefined when programs run against stand-ins. */
async function realMaestro(): Promise<RealMaestro | undefined> {
  const { 'maestro-http': http, 'maestro-grpc': grpc, 'maestro-db': database, kubeconfig = [] } = values;
  if (http === undefined && grpc === undefined && database === undefined) return undefined;
  if (http === undefined || grpc === undefined || database === undefined || kubeconfig.length === 0)
    throw new Error('a real Maestro needs --maestro-http, --maestro-grpc, --maestro-db and --kubeconfig');
  if (values.parallel !== '1') throw new Error('programs share the agents of a real Maestro, so --parallel must be 1');
  const { 'stop-server': stopServer, 'start-server': startServer } = values;
  const { 'stop-agent': stopAgent, 'start-agent': startAgent } = values;
  return RealMaestro.meet({
    ...{ http, grpc, database, kubeconfigs: kubeconfig, client: values.client },
    commands: {
      ...(stopServer === undefined ? {} : { stopServer }),
      ...(startServer === undefined ? {} : { startServer }),
      ...(stopAgent === undefined ? {} : { stopAgent }),
      ...(startAgent === undefined ? {} : { startAgent }),
    },
  });
}

async function replayed(file: string): Promise<boolean> {
  const violated = await runProgram(
    JSON.parse(readFileSync(file, 'utf8')) as Chosen,
    { ...programs, failedFile: 'robustness-failed-again.json' },
    totals,
  );
  for (const violation of violated) console.log(violationLine(violation));
  return violated.length === 0;
}

/** The ledger is taken out of a real database again, whatever happens. */
async function heldUntilLeft(): Promise<boolean> {
  try {
    return await (values.program === undefined ? searched() : replayed(values.program));
  } finally {
    await real?.leave();
  }
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

/** How busy the machine is: programs in which something is late may fail on one that others use too. */
function loadNow(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

const begin = { atMs: Date.now(), load: loadNow() };
const held = await heldUntilLeft();
console.log(`${((Date.now() - begin.atMs) / 60_000).toFixed(1)} minutes; load ${begin.load}, at the end ${loadNow()}`);
console.log(`${totalsLine(totals)}; ${held ? 'no violation' : 'VIOLATED'}`);
process.exitCode = held ? 0 : 1;
