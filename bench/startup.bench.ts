/**
 * What a whole process costs: processor time, wall time and peak memory of
 * commands against the stand-in over loopback, each in turn with an empty Node
 * script; and the same under a fifth of a processor, which is what a Job gets.
 *
 * Measured are bin/maestro-cli and, where `npm run package` has made it, the
 * executable; give others as arguments to measure these instead.
 *
 *   RUNS                   11
 *   MAESTRO_BENCH_BEFORE   another checkout, built: the same commands of it take their turn in each round
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { limitCpu, type CpuLimit } from './cpu-limit.ts';
import { machine, measure, median, type Run } from './measure.ts';
import { manifest, startStandIn } from './stand-in.ts';

const runs = Number(process.env['RUNS'] ?? 11);
const before = process.env['MAESTRO_BENCH_BEFORE'];
const forms = ['bin/maestro-cli', `dist/package/maestro-cli-${process.platform}-${process.arch}`];

/** A program, and how it is called in the tables. */
interface Subject {
  readonly name: string;
  readonly program: string;
}

const subjects = subjectsOf(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-bench-'));
const empty = join(folder, 'empty.cjs');
writeFileSync(empty, '');
const [first] = subjects;
if (first === undefined) throw new Error('there is nothing to measure; run npm run build');
const standIn = await startStandIn(first.program, '--consumers=c1,many', '--agent-delay=50ms');
const env = { ...standIn.env, PATH: process.env['PATH'] ?? '' };

function subjectsOf(given: readonly string[]): readonly Subject[] {
  if (given.length > 0) return given.map((program) => ({ name: program, program: resolve(program) }));
  const roots = [
    { root: join(import.meta.dirname, '..'), note: '' },
    ...(before === undefined ? [] : [{ root: resolve(before), note: ', before' }]),
  ];
  return forms
    .flatMap((form) => roots.map(({ root, note }) => ({ name: `${form}${note}`, program: join(root, form) })))
    .filter(({ program }) => existsSync(program));
}

interface Step {
  readonly name: string;
  readonly argv: readonly string[];
  readonly prepare?: () => void;
}

let value = 0;
const changeWork = (): void => writeFileSync(join(folder, 'work.yaml'), manifest('bench', String((value += 1))));
const same = ['apply', '-f', 'same.yaml', '--consumer=c1', '--results-path=result.json'];
const changed = ['apply', '-f', 'work.yaml', '--consumer=c1', '--results-path=result.json'];
const applyUnchanged: Step = { name: '`apply`, unchanged', argv: same };
const applyChange: Step = { name: '`apply`, an update, no wait', argv: changed, prepare: changeWork };
const watchChange: Step = { name: '`apply --watch`, an update', argv: [...changed, '--watch'], prepare: changeWork };

/** Runs a step of each subject in turn, the empty script first in each round; the first round is a warm-up. */
async function rounds(step: Step, limit?: CpuLimit): Promise<ReadonlyMap<Subject | 'empty', readonly Run[]>> {
  const all = new Map<Subject | 'empty', Run[]>();
  for (let round = 0; round <= runs; round += 1) {
    for (const subject of ['empty', ...subjects] as const) {
      step.prepare?.();
      if (limit !== undefined) await setTimeout(1.2 * limit.periodMs);
      const command = subject === 'empty' ? [process.execPath, empty] : [subject.program, ...step.argv];
      const run = await measure(limit?.within(command) ?? command, env, folder);
      if (round > 0) all.set(subject, [...(all.get(subject) ?? []), run]);
    }
  }
  return all;
}

function ratio(runsOf: readonly Run[], yardstick: readonly Run[], key: keyof Run): string {
  return median(runsOf.map((run, index) => run[key] / (yardstick[index]?.[key] ?? NaN))).toFixed(2);
}

function middle(runsOf: readonly Run[], key: keyof Run): string {
  return median(runsOf.map((run) => run[key])).toFixed(key === 'peakMiB' ? 1 : 0);
}

async function tellCosts(step: Step): Promise<void> {
  const all = await rounds(step);
  const yardstick = all.get('empty') ?? [];
  for (const [subject, own] of all) {
    if (subject === 'empty') continue;
    const cells = [ratio(own, yardstick, 'cpuMs'), middle(own, 'cpuMs'), middle(own, 'wallMs'), middle(own, 'peakMiB')];
    console.log(`| ${step.name} | ${subject.name} | ${cells.join(' | ')} |`);
  }
}

async function tellLimited(step: Step, periodMs: number): Promise<void> {
  const limit = limitCpu(200, periodMs);
  if (typeof limit === 'string') {
    console.log(`| ${step.name} | skipped: ${limit} | | | |`);
    return;
  }
  try {
    const all = await rounds(step, limit);
    const yardstick = all.get('empty') ?? [];
    for (const [subject, own] of all) {
      const name = subject === 'empty' ? 'empty script' : subject.name;
      console.log(
        `| ${step.name} | ${name} | ${periodMs} | ${ratio(own, yardstick, 'wallMs')} | ${middle(own, 'wallMs')} |`,
      );
    }
  } finally {
    limit.remove();
  }
}

try {
  writeFileSync(join(folder, 'same.yaml'), manifest('same', 'x'));
  changeWork();
  const many = Array.from({ length: 1000 }, (_, index) => manifest(`many-${index}`, 'x')).join('---\n');
  writeFileSync(join(folder, 'many.yaml'), many);
  await measure([first.program, ...same], env, folder);
  await measure([first.program, ...changed], env, folder);
  await measure([first.program, 'apply', '-f', 'many.yaml', '--consumer=many', '--timeout=5m'], env, folder);
  console.log(`${machine()}; ${runs} runs each, medians; the ratio is the median of the ratios run by run\n`);
  console.log('| command | of | CPU ÷ empty script | CPU ms | wall ms | peak MiB |\n|---|---|---|---|---|---|');
  await tellCosts({ name: '`version`', argv: ['version'] });
  await tellCosts(applyUnchanged);
  await tellCosts(applyChange);
  await tellCosts(watchChange);
  await tellCosts({ name: '`get`', argv: ['get', '--name=bench', '--consumer=c1'] });
  await tellCosts({ name: '`list` of 1,000', argv: ['list', '--consumer=many'] });
  console.log('\nWith 200m of a processor, given out anew in each period:\n');
  console.log('| command | of | period ms | wall ÷ empty script | wall ms |\n|---|---|---|---|---|');
  for (const periodMs of [100, 10]) {
    await tellLimited(applyUnchanged, periodMs);
    await tellLimited(watchChange, periodMs);
  }
} finally {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
}
