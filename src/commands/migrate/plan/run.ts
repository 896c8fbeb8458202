import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { planDocument } from '../../../core/migration/plan-file.ts';
import { present } from '../../../core/present.ts';
import { counted, listed } from '../../../core/text.ts';
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
    // What was decided is printed already, so that a refusal is told beside it.
    for (const line of refusalLines(made.refused)) reporter.error(line);
    if (made.refused.length > 0) {
      const names = listed(made.refused.map(({ consumer }) => consumer));
      reporter.error(`no plan was written: ${counted(made.refused.length, 'cluster')} refused (${names})`);
      reporter.info(
        'Change what is named above, decide it by --prefer, --manager-of or --name, or leave these clusters out.',
      );
      return { exitCode: ExitCode.Conflict };
    }
    if (made.plan.clusters.length === 0) {
      const why = made.idle.map(({ consumer, why: text }) => `${consumer}: ${text}`).slice(0, 3);
      reporter.error(`nothing has to move: ${why.join('; ')}; no plan was written`);
      reporter.info(`These are works of the source ${source}; --source-id names another one.`);
      return { exitCode: ExitCode.Usage };
    }
    writeTextFile(options.plan, context.cwd, toJson(planDocument(made.plan)));
    reporter.info(`the plan is in ${options.plan}; next: maestro-cli migrate run --plan ${options.plan}`);
    return { exitCode: ExitCode.Done };
  });
}
