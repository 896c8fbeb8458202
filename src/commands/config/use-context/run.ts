import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { changeConfigFile } from '../../../io/config-file.ts';
import type { ConfigNameOptions } from '../shared/options.ts';
import { printChanged } from '../shared/output.ts';
import { configPath } from '../shared/file.ts';

export async function run(
  options: ConfigNameOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const { path } = configPath(options, context);
  await changeConfigFile(path, [{ kind: 'use', name: options.name }], context.signal);
  const inherited = context.env['MAESTRO_CONTEXT'] ?? '';
  const goOn =
    inherited === '' || inherited === options.name
      ? undefined
      : `MAESTRO_CONTEXT is set, so commands here go on using "${inherited}"`;
  printChanged(options.name, 'in use', context, goOn);
  return { exitCode: ExitCode.Done };
}
