import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { planDocument } from '../../../core/migration/plan-file.ts';
import { present } from '../../../core/present.ts';
import { counted, listed } from '../../../core/text.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import { writeTextFile } from '../../../io/output-file.ts';
import { makePlan } from '../../../operations/migrate/make-plan.ts';
import { toJson } from '../../../output/json.ts';
import { withMaestro } from '../../shared/with-maestro.ts';
import { chosenClusters } from '../shared/choose.ts';
import type { PlanOptions } from './options.ts';
import { printPlan, refusalLines } from './output.ts';

export async function run(options: PlanOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const { source, to, managerOf } = options;
    const consumers = await chosenClusters(options.consumers, context, session);
    const { name, works, selector, prefer } = options;
    const request = { source, to, consumers, managerOf, ...present({ name, works, selector, prefer }) };
    const made = await makePlan(request, maestro.reader, budget);
    printPlan(made, options, context.stdout);
    for (const line of refusalLines(made.refused)) reporter.error(line);
    if (made.refused.length > 0) {
      const names = made.refused.map(({ consumer }) => consumer);
      throw new MaestroError(
        'conflict',
        `no plan was written: ${counted(names.length, 'cluster')} refused (${listed(names)})`,
        {
          hint: 'Change what is named above, or leave these clusters out.',
        },
      );
    }
    if (made.plan.clusters.length === 0) {
      throw new MaestroError(
        'usage',
        `nothing has to move: ${made.idle
          .map(({ consumer, why }) => `${consumer}: ${why}`)
          .slice(0, 3)
          .join('; ')}`,
        {
          reason: 'NothingSelected',
          hint: `No plan was written. These are works of the source ${source}; --source-id names another one.`,
        },
      );
    }
    writeTextFile(options.plan, context.cwd, toJson(planDocument(made.plan)));
    reporter.info(`the plan is in ${options.plan}; next: maestro-cli migrate run --plan ${options.plan}`);
    return { exitCode: ExitCode.Done };
  });
}
