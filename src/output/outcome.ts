import type { Context } from '../context.ts';
import { oneWord } from '../core/shown-text.ts';
import type { WorkOutcome } from '../core/outcome/outcome.ts';
import type { RunFacts } from '../core/outcome/run-facts.ts';
import { errorValue } from './error.ts';
import { toJson } from './json.ts';

/** `manifestwork.work.open-cluster-management.io/NAME`, as kubectl names things. */
export function workLine(name: string): string {
  return `manifestwork.work.open-cluster-management.io/${oneWord(name)}`;
}

/** `-o json` of a command that writes or waits: all works, and what results tell of the run. */
export function outcomesValue(outcomes: readonly WorkOutcome[], run: RunFacts | undefined): Record<string, unknown> {
  return { works: outcomes.map(outcomeValue), ...runValue(run) };
}

/** Prints that value, at the end of a run. */
export function printOutcomes(
  outcomes: readonly WorkOutcome[],
  { stdout, facts }: Pick<Context, 'stdout' | 'facts'>,
): void {
  stdout.write(toJson(outcomesValue(outcomes, facts?.())));
}

/** The same beside works that are printed one by one. */
export function runValue(run: RunFacts | undefined): Record<string, unknown> {
  if (run === undefined) return {};
  const { startedAt, ...details } = run;
  return { startedAt, details };
}

/** The machine form of one outcome. */
export function outcomeValue(outcome: WorkOutcome): Record<string, unknown> {
  const { manifestWorkName, error, resources: _resources, conditions, ...rest } = outcome;
  return {
    name: manifestWorkName,
    ...rest,
    ...(conditions === undefined ? {} : { conditions }),
    ...(error === undefined ? {} : { error: errorValue(error) }),
  };
}
