import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { changeConfigFile } from '../../io/config-file.ts';
import type { ConfigNameOptions } from './commands.ts';
import { configPath } from './file.ts';

export async function run(options: ConfigNameOptions, context: Context): Promise<CommandResult> {
  const { path } = configPath(options, context);
  await changeConfigFile(path, [{ kind: 'use', name: options.name }], context.signal);
  context.stdout.write(`context/${options.name} in use\n`);
  const inherited = context.env['MAESTRO_CONTEXT'];
  if (inherited !== undefined && inherited !== '' && inherited !== options.name) {
    context.stderr.write(`warning: MAESTRO_CONTEXT is set, so commands here go on using "${inherited}"\n`);
  }
  return { exitCode: ExitCode.Done };
}
