import type { CommandResult } from '../../../../command-line/command-spec.ts';
import type { Context } from '../../../../context.ts';
import { ExitCode } from '../../../../exit-code.ts';
import { handoverStatus } from '../../../../gitops/handover/handover-status.ts';
import { refuseOtherHub } from '../../../../gitops/handover/plan-hub.ts';
import { withHub } from '../../shared/with-hub.ts';
import { readPlanFile } from '../shared/read-plan.ts';
import type { StatusOptions } from './options.ts';
import { openStatusOutput } from './output.ts';

export async function run(options: StatusOptions, context: Context): Promise<CommandResult> {
  context.keepHeapSmall();
  const plan = readPlanFile(options.plan, options.clusters, context);
  return withHub(options, context, async ({ kube, maestro, budget, reporter }) => {
    await refuseOtherHub(plan, kube, budget);
    const output = openStatusOutput(plan, options, context.stdout);
    for await (const cluster of handoverStatus(plan, { kube, maestro }, budget)) output.cluster(cluster);
    for (const line of output.end()) reporter.info(line);
    return { exitCode: ExitCode.Done };
  });
}
