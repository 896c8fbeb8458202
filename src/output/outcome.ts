import { oneWord } from '../core/shown-text.ts';
import type { WorkOutcome } from '../core/outcome/outcome.ts';
import { errorValue } from './error.ts';

/** `manifestwork.work.open-cluster-management.io/NAME`, as kubectl names things. */
export function workLine(name: string): string {
  return `manifestwork.work.open-cluster-management.io/${oneWord(name)}`;
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
