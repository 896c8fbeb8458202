import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { readForShowing } from '../../operations/find-work.ts';
import { knownSource } from '../../operations/source.ts';
import { readyOutput } from '../shared/table/ready-output.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { GetOptions } from './options.ts';
import { printGot } from './output.ts';

export async function run(
  options: GetOptions,
  context: MaestroContext & Pick<Context, 'stdout' | 'cwd' | 'stdin'>,
): Promise<CommandResult> {
  const { address, source, field, table, headers } = options;
  const output = await readyOutput(options.output, context);
  return withMaestro(options, context, async ({ maestro, budget }) => {
    const bundle = await readForShowing(maestro.reader, address, source, budget);
    const sourceOf = (): string => knownSource(bundle, source);
    await printGot(bundle, field, { output, table, oneConsumer: address.by === 'name', headers, sourceOf }, context);
    return { exitCode: ExitCode.Done };
  });
}
