import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { completionModel } from './model.ts';
import type { CompletionOptions } from './options.ts';
import { printScript } from './output.ts';

export async function run(
  { shell, commands }: CompletionOptions,
  context: Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  printScript(shell, completionModel(commands), context.stdout);
  return { exitCode: ExitCode.Done };
}
