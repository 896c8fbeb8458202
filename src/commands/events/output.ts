import type { Context } from '../../context.ts';
import type { WorkEvent } from '../../core/status/work-events.ts';
import { printedJson } from '../../output/json.ts';
import { openTable } from '../../output/table.ts';
import type { EventsOptions } from './options.ts';

/** In their order; on a narrow terminal those of the highest rank go first. */
const columns = [
  { header: 'TIME', rank: 2 },
  { header: 'FROM', rank: 5 },
  { header: 'OBJECT', rank: 0, least: 4 },
  { header: 'EVENT', rank: 1, least: 16 },
  { header: 'REASON', rank: 4, least: 16 },
  { header: 'MESSAGE', rank: 3, least: 16, text: true },
] as const;

/** Prints events as they come: a row each, or a JSON value on a line of its own. */
export function openEventOutput(
  { output }: Pick<EventsOptions, 'output'>,
  { stdout }: Pick<Context, 'stdout'>,
): (events: readonly WorkEvent[]) => void {
  if (output === 'json') return (events) => stdout.write(events.map((event) => `${printedJson(event)}\n`).join(''));
  const table = openTable(columns, stdout);
  return (events) =>
    table.rows(
      events.map(({ time, from, subject, what, reason, message }) => [
        time.replace(/\.\d+/, ''),
        from,
        subject,
        what,
        reason,
        message,
      ]),
    );
}
