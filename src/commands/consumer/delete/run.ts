import type { CommandResult } from '../../../command-line/command-spec.ts';
import { confirm } from '../../../command-line/confirm.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { findConsumer } from '../shared/find-consumer.ts';
import { printConsumer } from '../shared/output.ts';
import type { ConsumerDeleteOptions } from './options.ts';

export async function run(
  options: ConsumerDeleteOptions,
  context: MaestroContext & Pick<Context, 'nameTarget' | 'stdout' | 'stdin' | 'interactive'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    nameTarget(options, context, { channel: 'http' });
    const { maestro, budget } = session;
    const consumer = await findConsumer(options.name, session);
    if (!options.yes) await confirm(`Unregister the consumer ${consumer.name} (${consumer.id})?`, context);
    await maestro.reader.deleteConsumer(consumer.id, budget);
    printConsumer(consumer, options.output, context, 'deleted');
    return { exitCode: ExitCode.Done };
  });
}
