import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readRows } from '../../../operations/migrate/read-rows.ts';
import { withMaestro } from '../../shared/with-maestro.ts';
import { readPlanFile } from '../shared/read-plan.ts';
import type { StatusOptions } from './options.ts';
import { printStatus } from './output.ts';

export async function run(options: StatusOptions, context: Context): Promise<CommandResult> {
  const plan = await readPlanFile(options.plan, options.consumers, context);
  return withMaestro(options, context, async ({ maestro, budget }) => {
    const rows = await readRows(plan.clusters, maestro.reader, budget);
    printStatus(plan.clusters, rows, options.output, context.stdout);
    return { exitCode: ExitCode.Done };
  });
}
