import type { Context } from '../../../context.ts';
import { endOf, type WorkOutcome } from '../../../core/outcome/outcome.ts';
import type { WaitLook } from '../../../core/outcome/standing.ts';
import type { Budget } from '../../../operations/budget.ts';
import { taskKey, type DeleteTask, type FleetProgress } from '../../../operations/fleet/fleet-task.ts';
import { openFleetProgress } from '../../../output/fleet-progress.ts';
import { type Reporter } from '../../../output/reporter.ts';
import { FleetResult } from '../../shared/fleet/fleet-result.ts';
import { OutcomeTally } from '../../shared/fleet/outcome-tally.ts';
import type { DeleteOptions } from '../options.ts';

/** What a person and a program are told while works are deleted from a fleet. */
export interface FleetDeleteOutput {
  readonly result: FleetResult;
  progress(progress: FleetProgress): void;
  /** Where the works stand that are waited for. */
  readonly waiting: (look: WaitLook) => void;
  /** The one outcome of a work. */
  outcome(outcome: WorkOutcome): void;
}

/** @param consumers how many there are */
export function openFleetOutput(
  options: DeleteOptions,
  { tasks, consumers }: { readonly tasks: readonly DeleteTask[]; readonly consumers: number },
  context: Context,
  { reporter, budget }: { readonly reporter: Reporter; readonly budget: Budget },
): FleetDeleteOutput {
  const { output, log } = options;
  const total = tasks.length;
  const spec = { keys: keysOf(tasks), total, consumers, tally: deleteTally(), output, log, budget };
  const result = new FleetResult(spec, context, reporter);
  const line = openFleetProgress(result.line, total, wordsOf(options));
  return {
    result,
    progress: ({ done, failed }) => {
      if (options.watch || (options.orphan && !options.dryRun)) line.written(done);
      else
        result.line.show({
          done,
          total,
          text: `${done}/${total} works${failed === 0 ? '' : `, ${failed} failed`}`,
        });
    },
    waiting: (look) => line.waiting(look),
    outcome: (outcome) => {
      line.ended(endOf(outcome));
      result.add(outcome);
    },
  };
}

function* keysOf(tasks: readonly DeleteTask[]): Generator<string, void> {
  for (const task of tasks) yield taskKey(task);
}

/** What is waited for, and the step before it. */
function wordsOf({ resources, orphan, watch }: DeleteOptions): Parameters<typeof openFleetProgress>[2] {
  if (orphan && !watch) return { end: 'Let go', step: 'told' };
  return resources.length > 0
    ? { end: 'Applied', step: 'written' }
    : { end: 'Removed', step: orphan ? 'told' : 'requested' };
}

const kindTexts = {
  deletionRequested: 'deletion requested',
  removed: 'removed',
  changed: 'changed',
  unchanged: 'unchanged',
  wouldChange: 'would change, nothing sent',
  notFound: 'not found',
} as const;

/** What became of the works that did not fail. */
function deleteTally(): OutcomeTally<keyof typeof kindTexts> {
  return new OutcomeTally(
    kindTexts,
    ({ reason, operation }) => kinds[reason] ?? (operation === 'unchanged' ? 'unchanged' : 'changed'),
  );
}

const kinds: Readonly<Record<string, keyof typeof kindTexts>> = {
  DeletionRequested: 'deletionRequested',
  Deleted: 'removed',
  NotFound: 'notFound',
  DryRun: 'wouldChange',
};
