import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { NamedConsumerOptions } from './commands.ts';
import { printConsumer } from './print.ts';
import { findConsumer, withMaestro } from './shared.ts';

export async function run(options: NamedConsumerOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    printConsumer(await findConsumer(maestro, options.name, budget), options, context);
    return { exitCode: ExitCode.Done };
  });
}
