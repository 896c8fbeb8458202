import { oneWord } from '../../core/shown-text.ts';
import { printedJson } from '../../output/json.ts';
import type { Context } from '../../context.ts';
import type { Consumer } from '../../core/works/resource-bundle.ts';
import { openTable } from '../../output/table.ts';
import type { ConsumerOptions } from './commands.ts';
import { consumerHeaders, consumerRow } from './shared.ts';

/** Prints one consumer; `verb` is what a write did to it. */
export function printConsumer(consumer: Consumer, options: ConsumerOptions, context: Context, verb?: string): void {
  if (options.output === 'json') context.stdout.write(`${printedJson(consumer, 2)}\n`);
  else if (options.output === 'name') context.stdout.write(`${oneWord(consumer.name)}\n`);
  else if (verb !== undefined) context.stdout.write(`consumer/${oneWord(consumer.name)} ${verb}\n`);
  else openTable(consumerHeaders, context.stdout).rows([consumerRow(consumer, context.clock.wallMs())]);
}
