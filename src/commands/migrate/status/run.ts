import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readRows } from '../../../operations/migrate/read-rows.ts';
import { openUnreadable } from '../../shared/table/unreadable-works.ts';
import { withMaestro } from '../../shared/with-maestro.ts';
import { readPlanFile } from '../shared/read-plan.ts';
import type { StatusOptions } from './options.ts';
import { printStatus } from './output.ts';

export async function run(options: StatusOptions, context: Context): Promise<CommandResult> {
  const plan = await readPlanFile(options.plan, options.consumers, context);
  return withMaestro(options, context, async ({ maestro, budget, reporter }) => {
    const unreadable = openUnreadable(reporter);
    const read = await readRows(plan.clusters, maestro.reader, budget);
    for (const row of read.flatMap((cluster) => cluster.unreadable)) unreadable.onSetAside(row);
    printStatus(
      read.filter((cluster) => cluster.unreadable.length === 0),
      options.output,
      context.stdout,
    );
    return unreadable.result('the status, which leaves out clusters with such works') ?? { exitCode: ExitCode.Done };
  });
}
