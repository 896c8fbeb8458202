/**
 * Brings each fault of the table back in a copy of this checkout, and lets the suite look for it within the time that
 * the table states.
 *
 *   npm run robustness:mutations
 *   npm run robustness:mutations -- --only NAME --only OTHER
 *   npm run robustness:mutations -- --family works --minutes 5
 *
 * Ends with 1 when one is not found in its time, or is found by another property than the table says.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { families } from '../families.ts';
import { noTotals, search, violationLine } from '../search/search.ts';
import { standIn } from '../world/stand-in.ts';
import { isAimedAt, type Mutation } from './mutation.ts';
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
  },
});

/** Whether the suite found it as the table says; prints how it went. */
async function found(mutation: Mutation, copy: WarmCopy): Promise<boolean> {
  const seconds = values.minutes === undefined ? mutation.withinSeconds : Number(values.minutes) * 60;
  const client = copy.build(mutation);
  const totals = noTotals();
  const begunMs = Date.now();
  const shown = await search(
    {
      families: families.filter(({ name }) => name === mutation.family),
      client,
      server: join(root, 'bin/maestro-cli'),
      serve: standIn(join(root, 'bin/maestro-cli')),
      seed: Number(values.seed),
      minutes: seconds / 60,
      clients: mutation.aim?.clients ?? 3,
      steps: mutation.aim?.steps ?? 5,
      accepts: (program) => isAimedAt(mutation, program),
      failedFile: join(root, 'dist/mutation-found.json'),
      shrinks: false,
    },
    totals,
  );
  const tookSeconds = (Date.now() - begunMs) / 1000;
  const programs = Object.values(totals.programs).reduce((sum, one) => sum + one, 0);
  const took = `after ${tookSeconds.toFixed(0)} s of ${String(seconds)}, ${String(programs)} programs`;
  if (shown === undefined) {
    console.log(`${mutation.name}: NOT FOUND ${took}`);
    return false;
  }
  const right = shown.violations.find(({ property }) => mutation.properties.includes(property));
  const [violation = right] = right === undefined ? shown.violations : [right];
  console.log(`${mutation.name}: ${right === undefined ? 'FOUND OTHERWISE' : 'found'} ${took}`);
  if (violation !== undefined) console.log(`  ${violationLine(violation)}`);
  return right !== undefined;
}

async function foundOrTold(mutation: Mutation, copy: WarmCopy): Promise<boolean> {
  try {
    return await found(mutation, copy);
  } catch (error) {
    console.log(`${mutation.name}: NOT LOOKED FOR: ${String(error)}`);
    return false;
  }
}

const unknown = (values.only ?? []).filter((name) => !mutations.some((mutation) => mutation.name === name));
if (unknown.length > 0) throw new Error(`no mutation is called ${unknown.join(', ')}`);
const chosen = mutations.filter(
  ({ name, family }) => (values.only?.includes(name) ?? true) && (values.family?.includes(family) ?? true),
);
const copy = WarmCopy.make(root);
// Also when somebody ends it: the copy is large.
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const missed: string[] = [];
for (const mutation of chosen) if (!(await foundOrTold(mutation, copy))) missed.push(mutation.name);
const last = missed.length === 0 ? 'all found' : `NOT FOUND AS STATED: ${missed.join(', ')}`;
console.log(`${String(chosen.length)} mutations, ${last}`);
process.exitCode = missed.length === 0 ? 0 : 1;
