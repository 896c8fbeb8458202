/**
 * Brings each fault of the table back in a copy of this checkout, and lets the suite look for it within the time that
 * the table states.
 *
 *   npm run robustness:mutations
 *   npm run robustness:mutations -- --parallel 2 --json found.json
 *   npm run robustness:mutations -- --only NAME --only OTHER
 *   npm run robustness:mutations -- --family works --minutes 5
 *
 * Prints a table at the end. Ends with 1 when one is not found in its time, is found by another property than the table
 * says, or by a program that shows the same without the fault; with 2 for a mistake in a flag.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from '../families.ts';
import { look, row, type Looked } from './look.ts';
import { mutations } from './table.ts';
import { WarmCopy } from './warm-copy.ts';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    /** For each, in place of the time that the table states. */
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    family: { type: 'string', multiple: true },
    /** How many are looked for at a time, each in a copy of its own. */
    parallel: { type: 'string', default: '1' },
    /** A file that gets all that was found, for programs. */
    json: { type: 'string' },
  },
});
const unknown = (values.only ?? []).filter((name) => !mutations.some((mutation) => mutation.name === name));
if (unknown.length > 0) refuse(`no mutation is called ${unknown.join(', ')}`);
const strange = (values.family ?? []).filter((name) => !families.some((family) => family.name === name));
if (strange.length > 0)
  refuse(`no family is called ${strange.join(', ')}; there are ${families.map(({ name }) => name).join(', ')}`);
for (const [flag, text] of Object.entries({ minutes: values.minutes ?? '1', parallel: values.parallel }))
  if (!(Number(text) > 0 && Number(text) < Infinity))
    refuse(`--${flag} is ${JSON.stringify(text)}; give a number above 0`);
if (!Number.isSafeInteger(Number(values.seed))) refuse(`--seed is ${JSON.stringify(values.seed)}; give a whole number`);
const lacking = families.flatMap(({ name, lacks }) => {
  const what = lacks?.();
  return what === undefined ? [] : [{ name, what }];
});
const asked = mutations.filter(
  ({ name, family }) => (values.only?.includes(name) ?? true) && (values.family?.includes(family) ?? true),
);
const chosen = asked.filter(({ family }) => !lacking.some(({ name }) => name === family));
for (const { name, what } of lacking.filter((one) => asked.some(({ family }) => family === one.name)))
  console.log(`${name}: ${what}`);

if (chosen.length === 0) refuse('none of these mutations can be looked for here');

const copies: WarmCopy[] = [];
// Also when somebody ends it: copies are large.
process.once('exit', () => {
  for (const copy of copies) copy.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const beganMs = performance.now();
const done = new Map<string, Looked>();
const queue = chosen.values();
await Promise.all(Array.from({ length: Math.min(Number(values.parallel), chosen.length) }, worker));

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

/** One after the other, all in one copy: what is built anew is little. */
async function worker(): Promise<void> {
  const copy = WarmCopy.make(root);
  copies.push(copy);
  for (const mutation of { [Symbol.iterator]: () => queue }) {
    const looked = await look(mutation, copy, {
      ...{ root, seed: Number(values.seed) },
      ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
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
console.log(`\n${String(all.length)} mutations in ${String(tookSeconds)} s, seed ${values.seed}, ${last}`);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ seed: Number(values.seed), tookSeconds, mutations: all }, undefined, 2)}\n`,
  );
process.exitCode = missed.length === 0 ? 0 : 1;
