import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ConsumerCreateOptions } from './commands.ts';
import { printConsumer } from './print.ts';
import { withMaestro } from './shared.ts';

export async function run(options: ConsumerCreateOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    printConsumer(
      await maestro.reader.createConsumer(options.name, options.labels, budget),
      options,
      context,
      'created',
    );
    return { exitCode: ExitCode.Done };
  });
}
