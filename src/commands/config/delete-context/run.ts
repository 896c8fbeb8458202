import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { changeConfigFile } from '../../../io/config-file.ts';
import type { ConfigNameOptions } from '../shared/options.ts';
import { printChanged } from '../shared/output.ts';
import { configPath, openConfig } from '../shared/file.ts';

export async function run(
  options: ConfigNameOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const { path } = configPath(options, context);
  const { currentContext } = await openConfig(options, context);
  await changeConfigFile(path, [{ kind: 'delete', name: options.name }], context.signal);
  const none = currentContext === options.name ? 'it was the current context; none is in use now' : undefined;
  printChanged(options.name, 'deleted', context, none);
  return { exitCode: ExitCode.Done };
}
