/**
 * Random programs of several clients against a server, with faults, each checked against what the server stored.
 *
 *   npm run robustness -- --help
 *
 * Prints what it did and what it found.
 */
import { existsSync, readFileSync } from 'node:fs';
import { constants, loadavg } from 'node:os';
import { parseArguments, usage, type Arguments } from './arguments.ts';
import { families } from './families.ts';
import { flagsOrEnd, usageExit } from './flags.ts';
import {
  firstFile,
  keepProgram,
  noTotals,
  runProgram,
  search,
  totalsLine,
  violationLine,
  type Chosen,
} from './search/search.ts';
import { RealMaestro } from './world/real/maestro.ts';
import { standIn } from './world/stand-in.ts';
import type { Programs } from './search/family.ts';

const ends = { held: 0, violated: 1, usage: usageExit, broken: 3 } as const;

const totals = noTotals();

/** Whatever ends the run, a real Maestro is left as it was found; what runs here ends with this process. */
async function endedBy(signal: 'SIGINT' | 'SIGTERM', real: RealMaestro | undefined): Promise<never> {
  console.error(`ended by ${signal}`);
  await real?.leave();
  process.exit(128 + constants.signals[signal]);
}

async function replayed(file: string, given: Arguments, programs: Programs): Promise<boolean> {
  const chosen = programOf(file);
  for (let time = 0; time < given.times; time += 1) {
    const shown = await runProgram(chosen, { ...programs, families }, totals);
    if (shown.violations.length === 0) continue;
    const again = file.replace(/(\.json)?$/, '-again.json');
    keepProgram(again, chosen, shown);
    for (const violation of shown.violations) console.log(violationLine(violation));
    console.log(`its history is in ${again}`);
    return false;
  }
  return true;
}

function programOf(file: string): Chosen {
  try {
    const { family, program } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Chosen>;
    if (families.some(({ name }) => name === family) && program !== undefined) return { family: family ?? '', program };
  } catch (error) {
    console.error(`--program ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(ends.usage);
  }
  console.error(`--program ${file} is not a file that a failed run wrote: it has no family and program`);
  process.exit(ends.usage);
}

/** Several searches at once, each with its own seed, find more in the same time: a program mostly waits. */
async function searched(given: Arguments, programs: Programs): Promise<boolean> {
  const { seed: first, parallel, minutes, clients, steps, real } = given;
  const named = given.families ?? families.filter(({ onRealServer }) => real === undefined || onRealServer).map(nameOf);
  const chosen = families.filter(({ name }) => named.includes(name));
  const lacking = chosen.flatMap(({ name, lacks }) => {
    const what = lacks?.();
    return what === undefined ? [] : [`${name} is left out: ${what}`];
  });
  for (const line of lacking) console.log(line);
  if (lacking.length === chosen.length) throw new Error('no programs of these families can run here');
  const seeds = Array.from({ length: parallel }, (_, index) => first + index);
  const sizes = `families ${named.join(', ')}; at most ${String(clients)} clients with ${String(steps)} steps`;
  console.log(`seeds ${seeds.join(', ')}; ${String(minutes)} minutes; ${sizes}`);
  const progress = setInterval(() => console.log(totalsLine(totals)), 60_000);
  try {
    const held = await Promise.all(
      seeds.map(async (seed) => {
        const failedFile = `robustness-failed-${String(seed)}.json`;
        const options = { ...programs, families: chosen, failedFile, seed, minutes, clients, steps, shrinks: true };
        return tellFound(seed, failedFile, await search(options, totals));
      }),
    );
    if (Object.keys(totals.programs).length === 0) throw new Error('no program was run, so nothing is shown');
    return held.every(Boolean);
  } finally {
    clearInterval(progress);
  }
}

function tellFound(seed: number, file: string, found: Awaited<ReturnType<typeof search>>): boolean {
  if (found === undefined) return true;
  for (const violation of found.violations) console.log(violationLine(violation));
  console.log(`seed ${String(seed)}: the smallest program that showed it, with its history, is in ${file},`);
  console.log(`the first one in ${firstFile(file)}:`);
  console.log(JSON.stringify(found.chosen));
  return false;
}

const nameOf = ({ name }: { readonly name: string }): string => name;

/** How busy the machine is: programs in which something is late may fail on one that others use too. */
function loadNow(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

async function run(given: Arguments): Promise<number> {
  for (const program of [given.client, given.server])
    if (!existsSync(program))
      throw new Error(`there is no ${program}; "npm run build" makes what bin/maestro-cli runs`);
  const real = given.real === undefined ? undefined : await RealMaestro.meet(given.real);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endedBy(signal, real));
  const serve = real?.serve ?? standIn(given.server);
  const programs = { client: given.client, server: given.server, serve };
  const begin = { atMs: Date.now(), load: loadNow() };
  try {
    const held = await (given.program === undefined
      ? searched(given, programs)
      : replayed(given.program, given, programs));
    const minutes = ((Date.now() - begin.atMs) / 60_000).toFixed(1);
    console.log(`${minutes} minutes; load ${begin.load}, at the end ${loadNow()}`);
    console.log(`${totalsLine(totals)}; ${held ? 'no violation' : 'VIOLATED'}`);
    return held ? ends.held : ends.violated;
  } finally {
    await real?.leave();
  }
}

const given = flagsOrEnd(parseArguments, 'npm run robustness');
if (given.help) console.log(usage);
else {
  try {
    process.exitCode = await run(given);
  } catch (error) {
    console.error(error);
    console.log(`${totalsLine(totals)}; THE SUITE FAILED, so nothing is shown`);
    // Not by itself: other searches may be on their way.
    process.exit(ends.broken);
  }
}
