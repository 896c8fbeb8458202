import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { goesWithUs, removeFolder } from '../world/left-behind.ts';
import type { Family, Programs, Size, Violation } from './family.ts';

/** What was done in all. */
export interface Totals {
  /** By family. */
  readonly programs: Record<string, number>;
  calls: number;
  /** Calls by exit code or signal. */
  readonly ends: Record<string, number>;
  /** Troubles that struck, by kind. */
  readonly struck: Record<string, number>;
}

/** A program, and the name of the family that knows how to run it. */
export interface Chosen {
  readonly family: string;
  readonly program: unknown;
}

export interface Found {
  readonly violations: readonly Violation[];
  /** The smallest program that showed it. */
  readonly chosen: Chosen;
}

export interface RunOptions extends Programs {
  readonly families: readonly Family<unknown>[];
}

export interface SearchOptions extends RunOptions, Size {
  /** Where the smallest program that violates something, or one that could not be run, goes with its history. */
  readonly failedFile: string;
  readonly seed: number;
  readonly minutes: number;
  /** Whether a program that violates something is made smaller, which takes further runs. */
  readonly shrinks: boolean;
  /** Makes of a random program the one that is run; left as it is unless told. */
  readonly shaped?: (program: unknown) => unknown;
  /** Which programs are run; all unless told. */
  readonly accepts?: (program: unknown) => boolean;
}

export function noTotals(): Totals {
  return { programs: {}, calls: 0, ends: {}, struck: {} };
}

/** What one program showed. */
export interface Shown {
  readonly violations: readonly Violation[];
  /** All that happened, as data. */
  readonly history: unknown;
}

/** Runs one program and looks at what happened. */
export async function runProgram(chosen: Chosen, options: RunOptions, totals: Totals): Promise<Shown> {
  const family = options.families.find(({ name }) => name === chosen.family);
  if (family === undefined) throw new Error(`there are no programs of the family ${chosen.family}`);
  const folder = goesWithUs(mkdtempSync(join(tmpdir(), 'maestro-cli-robustness-')));
  try {
    const { violations, ends, struck, history } = await family.run(chosen.program, options, folder);
    count(totals.programs, family.name);
    totals.calls += ends.length;
    for (const end of ends) count(totals.ends, end);
    for (const [kind, times] of Object.entries(struck)) count(totals.struck, kind, times);
    return { violations, history };
  } finally {
    removeFolder(folder);
  }
}

/** Keeps a program, with what it showed or why it could not be run, so that it can be run again. */
export function keepProgram(file: string, chosen: Chosen, what: Shown | { readonly error: string }): void {
  writeFileSync(file, `${JSON.stringify({ ...chosen, ...what }, undefined, 2)}\n`);
}

/**
 * Runs program after program until the time is over or one violates something.
 *
 * @throws what kept a program from being run or looked at; the program is in the file then
 */
export async function search(options: SearchOptions, totals: Totals): Promise<Found | undefined> {
  let found: Found | undefined;
  let broken: Error | undefined;
  const choices = options.families.map((family) => ({
    weight: family.weight,
    arbitrary: family
      .programs(options)
      .map((program) => options.shaped?.(program) ?? program)
      .filter((program) => options.accepts?.(program) ?? true)
      .map((program): Chosen => ({ family: family.name, program })),
  }));
  const lacking = new Set(options.families.filter(({ lacks }) => lacks?.() !== undefined).map(({ name }) => name));
  // When the time is over, fast-check leaves the program alone that runs then; what that one shows counts too.
  let last: Promise<void> = Promise.resolve();
  const property = fc.asyncProperty(fc.oneof(...choices), async (chosen) => {
    // It was drawn nevertheless, so that a seed makes the same programs wherever it is used.
    if (broken !== undefined || lacking.has(chosen.family)) return;
    const running = tryProgram(chosen);
    last = running.catch(() => undefined);
    return running;
  });

  /** A smaller program counts when it shows the same property: one that shows something else is another find. */
  async function tryProgram(chosen: Chosen): Promise<void> {
    const sought = found?.violations[0]?.property;
    let shown: Shown;
    try {
      shown = await runProgram(chosen, options, totals);
    } catch (error) {
      if (found !== undefined) return;
      broken = error as Error;
      return keepProgram(options.failedFile, chosen, { error: broken.stack ?? broken.message });
    }
    const { violations } = shown;
    if (sought === undefined ? violations.length === 0 : violations.every(({ property: one }) => one !== sought))
      return;
    if (found === undefined) keepProgram(firstFile(options.failedFile), chosen, shown);
    found = { violations, chosen };
    keepProgram(options.failedFile, chosen, shown);
    throw new Error('violated');
  }

  await fc.check(property, {
    seed: options.seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: options.minutes * 60_000,
    endOnFailure: !options.shrinks,
  });
  await last;
  if (broken !== undefined) throw broken;
  return found;
}

/** Where the program is kept that failed before it was made smaller. */
export function firstFile(failedFile: string): string {
  return failedFile.replace(/\.json$/, '-first.json');
}

export function violationLine({ property, what, calls }: Violation): string {
  return `${property}: ${what} (${calls.join(', ')})`;
}

export function totalsLine({ programs, calls, ends, struck }: Totals): string {
  return `programs ${JSON.stringify(programs)}, ${String(calls)} calls; ends ${JSON.stringify(ends)}; troubles ${JSON.stringify(struck)}`;
}

function count(into: Record<string, number>, what: string, times = 1): void {
  into[what] = (into[what] ?? 0) + times;
}
