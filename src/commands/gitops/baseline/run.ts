import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readBaseline } from '../../../gitops/fleet-state/baseline-file.ts';
import { takeBaseline, type Baseline, type NotMeasured } from '../../../gitops/fleet-state/baseline.ts';
import { scrapeMetrics } from '../../../gitops/fleet-state/scrape.ts';
import { readInput } from '../../../io/input-files.ts';
import { writeTextFile } from '../../../io/output-file.ts';
import { toJson } from '../../../output/json.ts';
import { withHub } from '../shared/with-hub.ts';
import type { BaselineCommandOptions } from './options.ts';
import { printBaseline } from './output.ts';

export async function run(options: BaselineCommandOptions, context: Context): Promise<CommandResult> {
  const before = await earlier(options, context);
  return withHub(options, context, async (session) => {
    const { kube, maestro, budget, reporter } = session;
    const now = await takeBaseline(
      { ...options, hubId: await session.hubId() },
      { kube, reader: maestro.reader, scrape: scrapeMetrics },
      budget,
    );
    for (const { what, why } of now.notMeasured) reporter.info(`${names[what]}: not measured: ${why}`);
    if (before !== undefined && before.hubId !== now.hubId)
      reporter.warn(`${options.compare ?? ''} is of another hub: ${before.hub} (${before.hubId})`);
    printBaseline(now, before, options, context.stdout);
    if (options.out !== undefined) {
      writeTextFile(options.out, context.cwd, toJson(now));
      reporter.info(`the figures are in ${options.out}`);
    }
    return { exitCode: ExitCode.Done };
  });
}

const names: Readonly<Record<NotMeasured['what'], string>> = {
  classicWorks: 'ManifestWorks of the classic model',
  reports: 'reports of ApplicationSets',
  controllers: 'the controllers',
};

async function earlier({ compare }: BaselineCommandOptions, context: Context): Promise<Baseline | undefined> {
  if (compare === undefined) return undefined;
  const { text, name } = await readInput(compare, context);
  return readBaseline(text, name);
}
