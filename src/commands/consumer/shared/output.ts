import type { Context } from '../../../context.ts';
import { oneWord } from '../../../core/shown-text.ts';
import type { WorksByState } from '../../../core/status/works-tally.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import { noColour } from '../../../output/colour.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import { consumerColumns } from './columns.ts';
import type { ConsumerOptions } from './options.ts';

/** A consumer as `consumer list -o json` prints it. */
export interface PrintedConsumer extends Consumer {
  /** How many works of it are where, of every source; absent where works were not read. */
  readonly works?: WorksByState;
  /**
   * When its agent last reported a work: RFC 3339, UTC; absent when it never did, and where works were not read.
   *
   * @format date-time
   */
  readonly lastReport?: string;
}

/** What `consumer list -o json` prints; `[]` for no consumers. */
export type PrintedConsumers = readonly PrintedConsumer[];

/** Prints one consumer; `verb` is what a write did to it. */
export function printConsumer(
  consumer: Consumer,
  format: ConsumerOptions['output'],
  { stdout, clock }: Pick<Context, 'stdout' | 'clock'>,
  verb?: string,
): void {
  switch (format) {
    case 'json':
      return stdout.write(toJson(consumer));
    case 'name':
      return stdout.write(`${oneWord(consumer.name)}\n`);
    case 'table': {
      if (verb !== undefined) return stdout.write(`consumer/${oneWord(consumer.name)} ${verb}\n`);
      const columns = (['name', 'id', 'labels', 'age'] as const).map((name) => consumerColumns[name]);
      openTable(columns, stdout).rows([columns.map(({ cell }) => cell({ consumer }, clock.wallMs(), noColour))]);
    }
  }
}
