import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { storedExecutor } from '../../operations/executor.ts';
import { belongsTo, readForShowing } from '../../operations/find-work.ts';
import { lookForSharing, newObjects } from '../../operations/shared-objects.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { DescribeOptions } from './options.ts';
import { describeWork } from '../shared/description.ts';
import { printDescription } from './output.ts';

export async function run(
  options: DescribeOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async ({ maestro, budget }) => {
    const bundle = await readForShowing(maestro.reader, options.address, options.source, budget);
    const source = (await belongsTo(maestro.reader, bundle, options.source, budget)) ? options.source : '?';
    const executor = await storedExecutor(maestro.reader, bundle, undefined, budget);
    const unanswered: string[] = [];
    const question = { consumer: bundle.consumerName, id: bundle.id, keys: newObjects(bundle.manifests, []) };
    const sharedWith = await lookForSharing(
      question,
      workName(bundle),
      { reader: maestro.reader, onNotice: (text) => unanswered.push(text) },
      budget,
    );
    const wallMs = context.clock.wallMs();
    const description = describeWork(bundle, { source, executor, wallMs, sharedWith: sharedWith ?? [], unanswered });
    await printDescription(description, wallMs, options.output, context);
    return { exitCode: ExitCode.Done };
  });
}
