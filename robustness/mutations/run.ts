/**
 * Brings each fault of the table back, and lets the suite look for it.
 *
 *   npm run robustness:mutations -- --help
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../families.ts';
import { flagsOrEnd } from '../flags.ts';
import { parseArguments, usage } from './arguments.ts';
import { look, row, type Looked } from './look.ts';
import { mutations } from './table.ts';
import { WarmCopy } from './warm-copy.ts';

const root = join(import.meta.dirname, '../..');
const given = flagsOrEnd(parseArguments, 'npm run robustness:mutations');
if (given.help) {
  console.log(usage);
  process.exit(0);
}
const lacking = families.flatMap(({ name, lacks }) => {
  const what = lacks?.();
  return what === undefined ? [] : [{ name, what }];
});
const asked = mutations.filter(
  ({ name, family }) => (given.only?.includes(name) ?? true) && (given.families?.includes(family) ?? true),
);
const chosen = asked.filter(({ family }) => !lacking.some(({ name }) => name === family));
for (const { name, what } of lacking.filter((one) => asked.some(({ family }) => family === one.name)))
  console.log(`${name}: ${what}`);

if (chosen.length === 0) {
  console.error('none of these mutations can be looked for here');
  process.exit(3);
}

if (!WarmCopy.isBuilt(root)) {
  console.error('nothing is built yet: npm run build');
  process.exit(3);
}

const copies: WarmCopy[] = [];
// Also when somebody ends it: copies are large.
process.once('exit', () => {
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const beganMs = performance.now();
const done = new Map<string, Looked>();
const queue = chosen.values();
await Promise.all(Array.from({ length: Math.min(given.parallel, chosen.length) }, worker));

/** One after the other, all in one copy: what is built anew is little. */
async function worker(): Promise<void> {
  const copy = WarmCopy.make(root);
  copies.push(copy);
  for (const mutation of { [Symbol.iterator]: () => queue }) {
    const looked = await look(mutation, copy, {
      ...{ root, seed: given.seed },
      ...(given.minutes === undefined ? {} : { minutes: given.minutes }),
    });
    done.set(mutation.name, looked);
    console.log(`${row(looked)}${looked.what === undefined ? '' : `\n  ${looked.what}`}`);
  }
}

const all = chosen.flatMap(({ name }) => done.get(name) ?? []);
const missed = all.filter(({ how }) => how !== 'found').map(({ name }) => name);
const tookSeconds = Math.round((performance.now() - beganMs) / 1_000);
console.log(`\n| mutation | family | | found by | after | programs |\n|---|---|---|---|---|---|`);
for (const looked of all) console.log(row(looked));
const last = missed.length === 0 ? 'all found' : `NOT FOUND AS STATED: ${missed.join(', ')}`;
console.log(`\n${String(all.length)} mutations in ${String(tookSeconds)} s, seed ${String(given.seed)}, ${last}`);
if (given.json !== undefined)
  writeFileSync(given.json, `${JSON.stringify({ seed: given.seed, tookSeconds, mutations: all }, undefined, 2)}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
