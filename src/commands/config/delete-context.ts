import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { changeConfigFile } from '../../io/config-file.ts';
import type { ConfigNameOptions } from './commands.ts';
import { configPath, openConfig } from './file.ts';

export async function run(options: ConfigNameOptions, context: Context): Promise<CommandResult> {
  const { path } = configPath(options, context);
  const { currentContext } = await openConfig(options, context);
  await changeConfigFile(path, [{ kind: 'delete', name: options.name }], context.signal);
  context.stdout.write(`context/${options.name} deleted\n`);
  if (currentContext === options.name)
    context.stderr.write('warning: it was the current context; none is in use now\n');
  return { exitCode: ExitCode.Done };
}
