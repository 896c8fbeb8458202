import type { Clock } from '../../../clock.ts';

/** Long work on many rows, in steps that are short: what it makes is returned by the last of them. */
export type Steps<Result> = Generator<undefined, Result>;

/** Rows a step. */
export const rowsPerStep = 500;
/** A key that comes meanwhile waits no longer than about this. */
const sliceMs = 8;

/** Works until a slice is over. @returns undefined when that was not all of it */
export function slice<Result>(
  steps: Steps<Result>,
  clock: Pick<Clock, 'monotonicMs'>,
): { readonly made: Result } | undefined {
  const untilMs = clock.monotonicMs() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { made: step.value };
    if (clock.monotonicMs() >= untilMs) return undefined;
  }
}

/** Does all of it at once. */
export function allAtOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
