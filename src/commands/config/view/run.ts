import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { openConfig } from '../shared/file.ts';
import type { ConfigViewOptions } from './options.ts';
import { printConfig } from './output.ts';

export async function run(
  options: ConfigViewOptions,
  context: Pick<Context, 'stdout' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  printConfig(await openConfig(options, context), options.output, context.stdout);
  return { exitCode: ExitCode.Done };
}
