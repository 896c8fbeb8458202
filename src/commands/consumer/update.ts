import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { canonicalJson } from '../../core/json.ts';
import { ExitCode } from '../../exit-code.ts';
import type { ConsumerUpdateOptions } from './commands.ts';
import { printConsumer } from './print.ts';
import { findConsumer, withMaestro } from './shared.ts';

/** Reads the labels, changes those that were named, and writes the whole map back, as Maestro wants it. */
export async function run(options: ConsumerUpdateOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    const consumer = await findConsumer(maestro, options.name, budget);
    const kept = Object.entries(consumer.labels).filter(([key]) => !options.removeLabels.includes(key));
    const labels = { ...Object.fromEntries(kept), ...options.labels };
    if (canonicalJson(labels) === canonicalJson(consumer.labels)) {
      printConsumer(consumer, options, context, 'unchanged');
      return { exitCode: ExitCode.Done };
    }
    printConsumer(await maestro.reader.updateConsumer(consumer.id, labels, budget), options, context, 'updated');
    return { exitCode: ExitCode.Done };
  });
}
