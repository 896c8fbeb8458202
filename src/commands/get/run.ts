import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { readForShowing } from '../../operations/find-work.ts';
import { knownSource } from '../../operations/source.ts';
import { printWork } from '../../output/work-list.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { GetOptions } from './options.ts';

export async function run(
  options: GetOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  const { address, source, output, headers } = options;
  return withMaestro(options, context, async ({ maestro, budget }) => {
    const bundle = await readForShowing(maestro.reader, address, source, budget);
    printWork(bundle, { output, headers, sourceOf: () => knownSource(bundle, source) }, context);
    return { exitCode: ExitCode.Done };
  });
}
