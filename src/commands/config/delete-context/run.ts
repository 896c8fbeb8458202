import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { changeConfigFile } from '../../../io/config-file.ts';
import type { ConfigNameOptions } from '../shared/options.ts';
import { openReporter } from '../../../output/reporter.ts';
import { printChanged } from '../shared/output.ts';
import { configPath, openConfig } from '../shared/file.ts';

export async function run(
  options: ConfigNameOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'clock' | 'signal'>,
): Promise<CommandResult> {
  const { path } = configPath(options, context);
  const { currentContext } = await openConfig(options, context);
  await changeConfigFile(path, [{ kind: 'delete', name: options.name }], context.signal);
  printChanged(options.name, 'deleted', context.stdout);
  if (currentContext === options.name) {
    const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
    reporter.warn('it was the current context; none is in use now');
  }
  return { exitCode: ExitCode.Done };
}
