import type { CommandResult } from '../../command-line/command-spec.ts';
import { confirm } from '../../command-line/confirm.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ConsumerDeleteOptions } from './commands.ts';
import { printConsumer } from './print.ts';
import { findConsumer, withMaestro } from './shared.ts';

export async function run(options: ConsumerDeleteOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    const consumer = await findConsumer(maestro, options.name, budget);
    if (!options.yes) await confirm(`Unregister the consumer ${consumer.name} (${consumer.id})?`, context);
    await maestro.reader.deleteConsumer(consumer.id, budget);
    printConsumer(consumer, options, context, 'deleted');
    return { exitCode: ExitCode.Done };
  });
}
