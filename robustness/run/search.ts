import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import type { Violation } from '../history/history.ts';
import { programs } from '../program/arbitrary.ts';
import type { Program } from '../program/steps.ts';
import { violations } from '../properties/index.ts';
import { execute, type Programs } from './execute.ts';

/** What was done in all. */
export interface Totals {
  programs: number;
  calls: number;
  /** Calls by exit code or signal. */
  readonly exits: Record<string, number>;
  /** Troubles that struck, by kind. */
  readonly struck: Record<string, number>;
}

export interface Found {
  readonly violations: readonly Violation[];
  /** The smallest program that showed it. */
  readonly program: Program;
}

export interface SearchOptions extends Programs {
  readonly seed: number;
  readonly minutes: number;
  readonly clients: number;
  readonly steps: number;
  /** Where a program that violates something goes, with its history. */
  readonly failedFile: string;
  /** Whether a program that violates something is made smaller, which takes further runs. */
  readonly shrinks: boolean;
}

export function noTotals(): Totals {
  return { programs: 0, calls: 0, exits: {}, struck: {} };
}

/** Runs one program and looks at what happened. */
export async function runProgram(
  program: Program,
  options: Programs & Pick<SearchOptions, 'failedFile'>,
  totals: Totals,
): Promise<readonly Violation[]> {
  const { history, struck } = await execute(program, options);
  totals.programs += 1;
  for (const { exitCode, signal } of [...history.calls, ...history.reruns]) {
    const end = String(exitCode ?? signal);
    totals.calls += 1;
    totals.exits[end] = (totals.exits[end] ?? 0) + 1;
  }
  for (const [kind, count] of Object.entries(struck)) totals.struck[kind] = (totals.struck[kind] ?? 0) + count;
  const found = violations(history);
  if (found.length > 0)
    writeFileSync(options.failedFile, `${JSON.stringify({ program, violations: found, history }, undefined, 2)}\n`);
  return found;
}

/** Runs program after program until the time is over or one violates something. */
export async function search(options: SearchOptions, totals: Totals): Promise<Found | undefined> {
  let found: Found | undefined;
  const property = fc.asyncProperty(programs(options), async (program) => {
    const violated = await runProgram(program, options, totals);
    if (violated.length === 0) return;
    found = { violations: violated, program };
    throw new Error('violated');
  });
  await fc.check(property, {
    seed: options.seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: options.minutes * 60_000,
    endOnFailure: !options.shrinks,
  });
  return found;
}

export function violationLine({ property, what, calls }: Violation): string {
  return `${property}: ${what} (${calls.join(', ')})`;
}

export function totalsLine({ programs: count, calls, exits, struck }: Totals): string {
  return `${String(count)} programs, ${String(calls)} calls; ends ${JSON.stringify(exits)}; troubles ${JSON.stringify(struck)}`;
}
