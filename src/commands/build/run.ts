import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { builtByAnnotation } from '../../core/ownership/owners.ts';
import { builtFromAnnotation } from '../../core/works/own-annotations.ts';
import { workDocument } from '../../core/works/document.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { writeTextFile } from '../../io/output-file.ts';
import { planApply, type ApplyPlan } from '../../operations/apply.ts';
import { createBudget } from '../../operations/budget.ts';
import { openNotices } from '../../output/notices.ts';
import { toJson, toYaml } from '../../output/work-document.ts';
import type { ApplyOptions } from '../apply/command.ts';
import { prepareWorks } from '../apply/prepare.ts';
import { run as runApply } from '../apply/run.ts';
import type { BuildOptions } from './command.ts';

/** Prints what an apply --merge would write; with --apply it is that apply. */
export async function run(options: BuildOptions, context: Context): Promise<CommandResult> {
  const asApply = applyOptions(options);
  if (options.apply) return runApply(asApply, context);
  const notices = await openNotices(context.stderr, options.log, context.env, context.clock);
  const [prepared, ...more] = await prepareWorks(asApply, context, notices);
  if (prepared === undefined || more.length > 0) throw new MaestroError('usage', 'build makes one work at a time');
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    const deps = { ...maestro, onNotice: (text: string) => notices.info(text) };
    const request = {
      source: options.source,
      consumer: options.consumer,
      work: prepared.work,
      overwrite: false,
      manager: options.manager,
      merge: asApply.merge,
      force: options.force,
    };
    const text = documentText(await planApply(request, deps, budget), options);
    if (options.outputFile === undefined || options.outputFile === '-') context.stdout.write(text);
    else {
      writeTextFile(options.outputFile, context.cwd, text);
      notices.info(`written to ${options.outputFile}`);
    }
    return { exitCode: ExitCode.Done };
  } finally {
    await maestro.close();
  }
}

/** The work as a document that apply takes, under the version that it was made from (0: there is none yet). */
function documentText(plan: ApplyPlan, options: BuildOptions): string {
  const version = plan.action === 'create' ? 0 : plan.stored.version;
  const annotations = {
    ...plan.work.annotations,
    [builtFromAnnotation]: String(version),
    ...(options.manager === options.source ? {} : { [builtByAnnotation]: options.manager }),
  };
  const document = workDocument({ ...plan.work, namespace: options.consumer, annotations });
  return options.output === 'json' ? toJson(document) : toYaml(document);
}

function applyOptions(options: BuildOptions): ApplyOptions {
  const { outputFile: _outputFile, strategy, apply: _apply, dryRun, output: _output, ...rest } = options;
  return {
    ...rest,
    overwrite: false,
    merge: strategy === 'merge',
    ...(dryRun ? { dryRun: 'server' as const } : {}),
    output: 'text',
    looseSource: true,
  };
}
