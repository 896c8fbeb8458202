import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { changeConfigFile } from '../../../io/config-file.ts';
import type { ConfigNameOptions } from '../shared/options.ts';
import { openReporter } from '../../../output/reporter.ts';
import { printChanged } from '../shared/output.ts';
import { configPath } from '../shared/file.ts';

export async function run(
  options: ConfigNameOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'clock' | 'signal'>,
): Promise<CommandResult> {
  const { path } = configPath(options, context);
  await changeConfigFile(path, [{ kind: 'use', name: options.name }], context.signal);
  const inherited = context.env['MAESTRO_CONTEXT'] ?? '';
  printChanged(options.name, 'in use', context.stdout);
  if (inherited !== '' && inherited !== options.name) {
    const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
    reporter.warn(`MAESTRO_CONTEXT is set, so commands here go on using "${inherited}"`);
  }
  return { exitCode: ExitCode.Done };
}
