import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { openReporter } from '../../../output/reporter.ts';
import { nameInUse, openConfig } from '../shared/file.ts';
import type { ConfigListOptions } from './options.ts';
import { printContexts } from './output.ts';

export async function run(
  options: ConfigListOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'clock' | 'signal'>,
): Promise<CommandResult> {
  const config = await openConfig(options, context);
  printContexts(config, nameInUse(options, context, config), options.output, context.stdout);
  if (config.contexts.size === 0 && options.output === 'table') {
    const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
    reporter.info(`no contexts found in ${config.path}`);
  }
  return { exitCode: ExitCode.Done };
}
