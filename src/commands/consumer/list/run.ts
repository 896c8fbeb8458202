import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { matchesLabels } from '../../../core/label-selector.ts';
import { ExitCode } from '../../../exit-code.ts';
import { withMaestro, type MaestroContext } from '../../shared/with-maestro.ts';
import { openConsumerList } from '../shared/output.ts';
import type { ConsumerListOptions } from './options.ts';

/** Consumers cannot be searched by label over REST, so the selector is applied here. */
export async function run(
  options: ConsumerListOptions,
  context: MaestroContext & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async ({ maestro, budget, reporter }) => {
    const list = openConsumerList(options.output, context);
    let shown = 0;
    for await (const page of maestro.reader.listConsumers({}, budget)) {
      const wanted = page.filter((consumer) => matchesLabels(options.selector, consumer.labels));
      shown += wanted.length;
      list.page(wanted);
    }
    list.end();
    if (shown === 0 && options.output !== 'json') reporter.info('no consumers found');
    return { exitCode: ExitCode.Done };
  });
}
