import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { planApply } from '../../operations/apply/plan.ts';
import { effectTexts } from '../../operations/effects.ts';
import { openReporter } from '../../output/reporter.ts';
import { prepareWorks, requestOf } from '../shared/input/prepare-works.ts';
import { withMaestro } from '../shared/with-maestro.ts';
import { tellAbsent } from '../shared/write/write-output.ts';
import { writeWorks, type WriteRunOptions } from '../shared/write/write-works.ts';
import type { BuildOptions } from './options.ts';
import { printBuilt } from './output.ts';

/** Prints the work with what was added; with --apply it is written at once. */
export async function run(options: BuildOptions, context: Context): Promise<CommandResult> {
  const write = writeRunOptions(options);
  if (options.apply) return writeWorks(write, context, true);
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const [prepared, ...more] = await prepareWorks(write, context, reporter, true);
  if (prepared === undefined || more.length > 0) throw new MaestroError('usage', 'build makes one work at a time');
  return withMaestro(
    options,
    context,
    async ({ maestro, budget }) => {
      const deps = { ...maestro, onNotice: (text: string) => reporter.info(text) };
      const plan = await planApply(requestOf(prepared, write), deps, budget);
      tellAbsent(plan, write, reporter);
      for (const text of plan.action === 'update' ? effectTexts(plan, true) : [])
        reporter.warn(`${options.name}: applied, this ${text}`);
      printBuilt(plan, options, { ...context, reporter });
      return { exitCode: ExitCode.Done };
    },
    reporter,
  );
}

function writeRunOptions(options: BuildOptions): WriteRunOptions {
  const { outputFile: _outputFile, strategy, apply: _apply, dryRun, output, ...rest } = options;
  return {
    ...rest,
    overwrite: false,
    merge: strategy === 'merge',
    adds: strategy === 'merge',
    ...(dryRun ? { dryRun: 'server' as const } : {}),
    // Of what is written there are lines or outcomes, and no document.
    output: output === 'json' ? 'json' : 'text',
  };
}
