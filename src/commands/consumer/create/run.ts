import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { MaestroError } from '../../../errors.ts';
import { ExitCode } from '../../../exit-code.ts';
import { nameTarget } from '../../shared/write/name-target.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { printConsumer } from '../shared/output.ts';
import type { ConsumerCreateOptions } from './options.ts';

/** Maestro says that "This Consumer already exists", and not which. */
function withName(error: MaestroError, name: string): MaestroError {
  if (error.code !== 'conflict') return error;
  return new MaestroError('conflict', `the consumer ${name} exists already`, {
    reason: 'Conflict',
    hint: `To change its labels: maestro-cli consumer update ${name} --label=KEY=VALUE`,
    cause: error,
  });
}

export async function run(
  options: ConsumerCreateOptions,
  context: MaestroContext & Pick<Context, 'nameTarget' | 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async ({ maestro, budget }) => {
    nameTarget(options, context, { channel: 'http' });
    const consumer = await maestro.reader
      .createConsumer(options.name, options.labels, budget)
      .catch((caught: unknown) => {
        throw withName(MaestroError.from(caught), options.name);
      });
    printConsumer(consumer, options.output, context, 'created');
    return { exitCode: ExitCode.Done };
  });
}
