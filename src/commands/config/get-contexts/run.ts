import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { nameInUse, openConfig } from '../shared/file.ts';
import type { ConfigListOptions } from './options.ts';
import { printContexts } from './output.ts';

export async function run(
  options: ConfigListOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const config = await openConfig(options, context);
  printContexts(config, nameInUse(options, context, config), options.output, context);
  return { exitCode: ExitCode.Done };
}
