import { oneWord } from '../../core/shown-text.ts';
import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { matchesLabels } from '../../core/label-selector.ts';
import type { Consumer } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { openTable } from '../../output/table.ts';
import type { ConsumerListOptions } from './commands.ts';
import { consumerHeaders, consumerRow, withMaestro } from './shared.ts';

/** Consumers cannot be searched by label over REST, so the selector is applied here. */
export async function run(options: ConsumerListOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (maestro, budget) => {
    const table = openTable(consumerHeaders, context.stdout);
    const all: Consumer[] = [];
    let shown = 0;
    for await (const page of maestro.reader.listConsumers({}, budget)) {
      const wanted = page.filter((consumer) => matchesLabels(options.selector, consumer.labels));
      shown += wanted.length;
      if (options.output === 'json') all.push(...wanted);
      else if (options.output === 'name')
        for (const consumer of wanted) context.stdout.write(`${oneWord(consumer.name)}\n`);
      else if (wanted.length > 0) table.rows(wanted.map((consumer) => consumerRow(consumer, context.clock.wallMs())));
    }
    if (options.output === 'json') context.stdout.write(`${printedJson(all, 2)}\n`);
    else if (shown === 0) context.stderr.write('no consumers found\n');
    return { exitCode: ExitCode.Done };
  });
}
