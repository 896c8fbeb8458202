import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { unknownContext } from '../../../core/config-file.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { ConfigOptions } from '../shared/options.ts';
import { printAnswer } from '../shared/output.ts';
import { nameInUse, openConfig } from '../shared/file.ts';

export async function run(
  options: ConfigOptions,
  context: Pick<Context, 'stdout' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const config = await openConfig(options, context);
  const name = nameInUse(options, context, config);
  if (name === undefined) {
    throw new MaestroError('usage', `no context is in use (${config.path})`, {
      hint: 'Choose one with: maestro-cli config use-context NAME',
    });
  }
  if (!config.contexts.has(name)) throw unknownContext(name, config.path, [...config.contexts.keys()]);
  printAnswer(name, context.stdout);
  return { exitCode: ExitCode.Done };
}
