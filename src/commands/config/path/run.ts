import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { ConfigOptions } from '../shared/options.ts';
import { printAnswer } from '../shared/output.ts';
import { configPath } from '../shared/file.ts';

export async function run(
  options: ConfigOptions,
  context: Pick<Context, 'stdout' | 'env' | 'cwd'>,
): Promise<CommandResult> {
  printAnswer(configPath(options, context).path, context.stdout);
  return { exitCode: ExitCode.Done };
}
