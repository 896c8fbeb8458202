import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ConfigOptions } from './commands.ts';
import { configPath } from './file.ts';

export async function run(options: ConfigOptions, context: Context): Promise<CommandResult> {
  context.stdout.write(`${configPath(options, context).path}\n`);
  return { exitCode: ExitCode.Done };
}
