import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { renames } from '../../../core/migration/renames.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readPlanFile } from '../shared/read-plan.ts';
import type { MapOptions } from './options.ts';
import { printMap } from './output.ts';

export async function run(options: MapOptions, context: Context): Promise<CommandResult> {
  const plan = await readPlanFile(options.plan, options.consumers, context);
  printMap(
    plan.clusters.flatMap((cluster) => renames(cluster, plan.source)),
    options.output,
    context.stdout,
  );
  return { exitCode: ExitCode.Done };
}
