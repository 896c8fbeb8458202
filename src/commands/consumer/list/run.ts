import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { matchesLabels } from '../../../core/label-selector.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readyOutput } from '../../shared/table/ready-output.ts';
import { openUnreadable } from '../../shared/table/unreadable-works.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import type { ConsumerListOptions } from './options.ts';
import { printConsumers } from './output.ts';
import { tallyWorks } from './tally.ts';

/** Consumers cannot be searched by label over REST, so the selector is applied here. */
export async function run(
  given: ConsumerListOptions,
  context: MaestroContext & Pick<Context, 'stdout' | 'cwd' | 'stdin' | 'keepHeapSmall'>,
): Promise<CommandResult> {
  const options = { ...given, output: await readyOutput(given.output, context) };
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const consumers: Consumer[] = [];
    for await (const page of maestro.reader.listConsumers({}, budget))
      consumers.push(...page.filter((consumer) => matchesLabels(options.selector, consumer.labels)));
    const unreadable = openUnreadable(reporter);
    const narrowed = options.selector.length > 0;
    const tally =
      options.withWorks && consumers.length > 0
        ? await tallyWorks(consumers, session, { context, unreadable, narrowed })
        : undefined;
    const rows = consumers.map((consumer) => ({
      consumer,
      ...(tally === undefined ? {} : { works: tally.of(consumer.name) }),
    }));
    const note = await printConsumers(rows, options, context);
    if (note !== undefined) reporter.info(note);
    if (consumers.length === 0 && options.output.format !== 'json') reporter.info('no consumers found');
    return unreadable.result('the counts') ?? { exitCode: ExitCode.Done };
  });
}
