import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { findConsumer } from '../shared/find-consumer.ts';
import type { NamedConsumerOptions } from '../shared/options.ts';
import { printConsumer } from '../shared/output.ts';

export async function run(
  options: NamedConsumerOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    printConsumer(await findConsumer(options.name, session), options.output, context);
    return { exitCode: ExitCode.Done };
  });
}
