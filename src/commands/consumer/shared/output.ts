import type { Context } from '../../../context.ts';
import { formatAge } from '../../../core/duration.ts';
import { oneWord } from '../../../core/shown-text.ts';
import type { Consumer } from '../../../core/works/resource-bundle.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import type { ConsumerOptions } from './options.ts';

type Format = ConsumerOptions['output'];
type Place = Pick<Context, 'stdout' | 'clock'>;

const headers = ['NAME', 'ID', 'LABELS', 'AGE'] as const;

/** What `consumer list -o json` prints; `[]` for no consumers. */
export type PrintedConsumers = readonly Consumer[];

/** Prints one consumer; `verb` is what a write did to it. */
export function printConsumer(consumer: Consumer, format: Format, place: Place, verb?: string): void {
  if (format === 'table' && verb !== undefined) {
    place.stdout.write(`consumer/${oneWord(consumer.name)} ${verb}\n`);
    return;
  }
  if (format === 'json') place.stdout.write(toJson(consumer));
  else openConsumerList(format, place).page([consumer]);
}

/** Prints consumers page by page as they come; as JSON they are one array, in the end. */
export function openConsumerList(
  format: Format,
  { stdout, clock }: Place,
): { page(consumers: readonly Consumer[]): void; end(): void } {
  switch (format) {
    case 'json': {
      const all: Consumer[] = [];
      const printed: PrintedConsumers = all;
      return { page: (consumers) => all.push(...consumers), end: () => stdout.write(toJson(printed)) };
    }
    case 'name':
      return {
        page: (consumers) => stdout.write(consumers.map(({ name }) => `${oneWord(name)}\n`).join('')),
        end: () => undefined,
      };
    case 'table': {
      const table = openTable(headers, stdout);
      return {
        page: (consumers) => {
          const wallMs = clock.wallMs();
          if (consumers.length > 0) table.rows(consumers.map((consumer) => rowOf(consumer, wallMs)));
        },
        end: () => undefined,
      };
    }
  }
}

function rowOf(consumer: Consumer, wallMs: number): readonly string[] {
  const labels = Object.entries(consumer.labels).map(([key, value]) => `${key}=${value}`);
  return [consumer.name, consumer.id, labels.sort().join(','), formatAge(wallMs - Date.parse(consumer.createdAt))];
}
