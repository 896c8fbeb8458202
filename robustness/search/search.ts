import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
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
  /** Where a program that violates something goes, with its history. */
  readonly failedFile: string;
}

export interface SearchOptions extends RunOptions, Size {
  readonly seed: number;
  readonly minutes: number;
  /** Whether a program that violates something is made smaller, which takes further runs. */
  readonly shrinks: boolean;
  /** Which programs are run; all unless told. */
  readonly accepts?: (program: unknown) => boolean;
}

export function noTotals(): Totals {
  return { programs: {}, calls: 0, ends: {}, struck: {} };
}

/** Runs one program and looks at what happened. */
export async function runProgram(chosen: Chosen, options: RunOptions, totals: Totals): Promise<readonly Violation[]> {
  const family = options.families.find(({ name }) => name === chosen.family);
  if (family === undefined) throw new Error(`there are no programs of the family ${chosen.family}`);
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-robustness-'));
  try {
    const { violations, ends, struck, history } = await family.run(chosen.program, options, folder);
    count(totals.programs, family.name);
    totals.calls += ends.length;
    for (const end of ends) count(totals.ends, end);
    for (const [kind, times] of Object.entries(struck)) count(totals.struck, kind, times);
    if (violations.length > 0)
      writeFileSync(options.failedFile, `${JSON.stringify({ ...chosen, violations, history }, undefined, 2)}\n`);
    return violations;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs program after program until the time is over or one violates something. */
export async function search(options: SearchOptions, totals: Totals): Promise<Found | undefined> {
  let found: Found | undefined;
  const choices = options.families.map((family) => ({
    weight: family.weight,
    arbitrary: family
      .programs(options)
      .filter((program) => options.accepts?.(program) ?? true)
      .map((program): Chosen => ({ family: family.name, program })),
  }));
  // When the time is over, fast-check leaves the program alone that runs then; what that one shows counts too.
  let last: Promise<void> = Promise.resolve();
  const property = fc.asyncProperty(fc.oneof(...choices), async (chosen) => {
    const running = (async (): Promise<void> => {
      const violations = await runProgram(chosen, options, totals);
      if (violations.length === 0) return;
      found = { violations, chosen };
      throw new Error('violated');
    })();
    last = running.catch(() => undefined);
    return running;
  });
  const { failed, errorInstance } = await fc.check(property, {
    seed: options.seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: options.minutes * 60_000,
    endOnFailure: !options.shrinks,
  });
  await last;
  if (failed && found === undefined && errorInstance !== null) throw errorInstance as Error;
  return found;
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
