import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { CompletionOptions } from './options.ts';
import { printScript } from './output.ts';

export async function run({ shell }: CompletionOptions, context: Pick<Context, 'stdout'>): Promise<CommandResult> {
  printScript(shell, context.stdout);
  return { exitCode: ExitCode.Done };
}
