import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { builtByAnnotation } from '../../core/ownership/owners.ts';
import { builtFromAnnotation } from '../../core/works/own-annotations.ts';
import { readAt, workDocument } from '../../core/works/document.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { writeTextFile } from '../../io/output-file.ts';
import { planApply, type ApplyPlan } from '../../operations/apply/plan.ts';
import { createBudget } from '../../operations/budget.ts';
import { effectTexts } from '../../operations/effects.ts';
import { openReporter } from '../../output/reporter.ts';
import { toJson, toYaml } from '../../output/work-document.ts';
import type { ApplyOptions } from '../apply/command.ts';
import { prepareWorks, requestOf } from '../apply/prepare.ts';
import { run as runApply, tellAbsent } from '../apply/run.ts';
import type { BuildOptions } from './command.ts';

/** Prints the work with what was added; with --apply it is written at once. */
export async function run(options: BuildOptions, context: Context): Promise<CommandResult> {
  const asApply = applyOptions(options);
  if (options.apply) return runApply(asApply, context);
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const [prepared, ...more] = await prepareWorks(asApply, context, reporter);
  if (prepared === undefined || more.length > 0) throw new MaestroError('usage', 'build makes one work at a time');
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    const deps = { ...maestro, onNotice: (text: string) => reporter.info(text) };
    const plan = await planApply(requestOf(prepared, asApply), deps, budget);
    tellAbsent(plan, asApply, reporter);
    for (const text of plan.action === 'update' ? effectTexts(plan, true) : [])
      reporter.warn(`${options.name}: applied, this ${text}`);
    const text = documentText(plan, options);
    if (options.outputFile === undefined || options.outputFile === '-') context.stdout.write(text, 'data');
    else {
      writeTextFile(options.outputFile, context.cwd, text);
      reporter.info(`written to ${options.outputFile}`);
    }
    return { exitCode: ExitCode.Done };
  } finally {
    await maestro.close();
  }
}

/** The work as a document that apply takes, under the version that it was made from. */
function documentText(plan: ApplyPlan, options: BuildOptions): string {
  const annotations = {
    ...plan.work.annotations,
    ...(plan.action === 'create' ? { [builtFromAnnotation]: '0' } : {}),
    ...(options.manager === options.source ? {} : { [builtByAnnotation]: options.manager }),
  };
  const built = workDocument({ ...plan.work, namespace: options.consumer, annotations });
  const document = plan.action === 'create' ? built : readAt(built, plan.stored.version);
  return options.output === 'json' ? toJson(document) : toYaml(document);
}

function applyOptions(options: BuildOptions): ApplyOptions {
  const { outputFile: _outputFile, strategy, apply: _apply, dryRun, output: _output, ...rest } = options;
  return {
    ...rest,
    overwrite: false,
    merge: strategy === 'merge',
    adds: strategy === 'merge',
    ...(dryRun ? { dryRun: 'server' as const } : {}),
    output: 'text',
    looseSource: true,
  };
}
