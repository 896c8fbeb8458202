import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { nameTarget } from '../../shared/name-target.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { printConsumer } from '../shared/output.ts';
import type { ConsumerCreateOptions } from './options.ts';

export async function run(
  options: ConsumerCreateOptions,
  context: MaestroContext & Pick<Context, 'nameTarget' | 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async ({ maestro, budget }) => {
    nameTarget(options, context, { channel: 'http' });
    const consumer = await maestro.reader.createConsumer(options.name, options.labels, budget);
    printConsumer(consumer, options.output, context, 'created');
    return { exitCode: ExitCode.Done };
  });
}
