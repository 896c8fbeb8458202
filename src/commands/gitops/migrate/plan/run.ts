import type { CommandResult } from '../../../../command-line/command-spec.ts';
import type { Context } from '../../../../context.ts';
import { ExitCode } from '../../../../exit-code.ts';
import { makePlan } from '../../../../gitops/handover/make-plan.ts';
import { planLines } from '../../../../gitops/handover/plan-lines.ts';
import { writeLines } from '../../../../io/output-file.ts';
import { withHub } from '../../shared/with-hub.ts';
import { narrowed } from './narrow.ts';
import type { PlanOptions } from './options.ts';
import { printPlan, sizeOf } from './output.ts';

export async function run(options: PlanOptions, context: Context): Promise<CommandResult> {
  context.keepHeapSmall();
  return withHub(options, context, async ({ kube, maestro, budget, reporter, hubId }) => {
    const { selection, applications, accepted, out } = options;
    const request = { ...selection, hubId: await hubId(), acceptDifferences: accepted === 'all' };
    const made = narrowed(await makePlan(request, { kube, maestro }, budget), applications, accepted);
    const { plan, parked } = made;
    printPlan(made, options, context.stdout, reporter);
    if (plan.clusters.length === 0) {
      reporter.error('nothing is to be handed over, so no plan was written');
      return { exitCode: ExitCode.Usage };
    }
    writeLines(out, context.cwd, planLines(plan));
    reporter.info(`the plan is in ${out}: ${sizeOf(plan)}; next: maestro-cli gitops migrate run --plan=${out}`);
    if (parked.length > 0)
      reporter.info(
        'Applications that are parked stay with the model that has them; the others of their cluster go on.',
      );
    return { exitCode: ExitCode.Done };
  });
}
