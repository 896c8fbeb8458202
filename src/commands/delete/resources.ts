import { parseExpression } from '../../core/expressions/parse.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { planApply } from '../../operations/apply/plan.ts';
import { applyWork } from '../../operations/apply/apply-work.ts';
import { absentOutcome, dryRunOutcome } from '../../operations/delete/outcomes.ts';
import { reduceWork } from '../../operations/delete/reduce-work.ts';
import type { WorkOutcome } from '../../core/outcome/outcome.ts';
import type { PublishDeps } from '../../operations/publish.ts';
import { waitForWorks } from '../../operations/wait/wait-for-works.ts';
import { acceptedOutcome, waitedOutcome } from '../../operations/work-outcomes.ts';
import type { DeleteOptions } from './command.ts';
import { sayLosses, type RunDeps, type Say } from './works.ts';

/** Takes the chosen manifests out of a work: an update, under the rules of apply. */
export async function deleteResources(
  bundle: ResourceBundle,
  options: DeleteOptions,
  publishDeps: PublishDeps,
  deps: RunDeps,
  say: Say,
): Promise<WorkOutcome> {
  const name = workName(bundle);
  const consumer = bundle.consumerName;
  const { request, removed, losses } = await reduceWork(bundle, options.resources, options, publishDeps, deps.budget);
  if (request === undefined) {
    say(name, 'has none of these manifests, nothing to delete');
    return absentOutcome({ name, consumer, id: bundle.id, why: 'the work has none of these manifests' });
  }
  if (options.dryRun) {
    const plan = await planApply(request, publishDeps, deps.budget);
    say(name, `would lose ${removed.join(', ')} (dry run, nothing sent)`);
    sayLosses(name, losses, options, deps, say);
    return dryRunOutcome(
      { bundle, losses, ...(plan.action === 'update' ? { removed: plan.removed } : {}) },
      `would lose ${removed.join(', ')}`,
    );
  }
  const applied = await applyWork(request, publishDeps, { conflictRetries: 0 }, deps.budget);
  // Another may have taken them out since they were read.
  const isDone = applied.operation === 'unchanged';
  say(name, `${isDone ? 'is' : 'updated'} without ${removed.join(', ')} (version ${applied.version})`);
  if (!isDone) sayLosses(name, losses, options, deps, say);
  if (!options.watch) return acceptedOutcome(applied, consumer);
  const [result] = await waitForWorks(
    [
      {
        id: applied.id,
        name,
        consumer,
        writtenVersion: applied.version,
        written: applied.brought,
        before: bundle,
        known: true,
        mustExist: true,
      },
    ],
    { expression: parseExpression('Applied'), failureGraceMs: 30_000, feedbackSettleMs: 0 },
    {
      reader: deps.maestro.reader,
      onProgress: (target, text) => deps.reporter.progress(`${target.name}: ${text}`),
      ...(deps.feed === undefined ? {} : { feed: deps.feed }),
    },
    deps.budget,
  );
  if (result === undefined) return acceptedOutcome(applied, consumer);
  return waitedOutcome(result, { operation: 'updated', text: 'Applied', accepted: true, effects: applied });
}
