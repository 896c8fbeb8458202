import { textWidth } from '../../../core/text-width.ts';
import { fitText, line, span, type Line, type Span } from '../screen/line.ts';

/** A column of a table on the screen. */
export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => Span;
  /** Where there is no room for all, those of the greatest number go first; 0 never goes. */
  readonly rank: number;
  /** Sentences, which are cut before a column goes, as in the tables of `list`. */
  readonly text?: true;
  readonly align?: 'right';
}

const gap = 2;
/** Less of a sentence tells nothing. */
const leastOfText = 24;
/** Before each row: a mark at the selected one, where there are no colours too. */
const markWidth = 2;

export interface TableInput<Row> {
  readonly columns: readonly Column<Row>[];
  readonly shown: readonly Row[];
  /** Index in `shown` of the row that the keys are about. */
  readonly selected: number;
  readonly width: number;
}

/**
 * A line of headers and one for each row. Only sentences are narrower than what stands in them, so that names are
 * whole: what does not fit is a column less. Only a first column that alone is wider than the screen is cut, with a
 * mark.
 */
export function tableLines<Row>({ columns, shown, selected, width }: TableInput<Row>): readonly Line[] {
  const cells = columns.map(({ cell }) => shown.map((row) => cell(row)));
  const whole = columns.map(({ header }, at) =>
    Math.max(header.length, ...(cells[at] ?? []).map(({ text }) => textWidth(text))),
  );
  const least = whole.map((each, at) => (columns[at]?.text === true ? Math.min(each, leastOfText) : each));
  const kept = fitting(columns, least, width - markWidth);
  const free = Math.max(0, width - markWidth - neededFor(kept, least));
  const widths = least.map((each, at) => Math.min(whole[at] ?? each, each + free));
  const lineOf = (mark: string, cellAt: (at: number) => Span): Line =>
    line(
      mark,
      ...kept.flatMap((at, place): readonly Span[] => {
        const { text, tone } = cellAt(at);
        const room = kept.length === 1 ? Math.min(widths[at] ?? 0, width - markWidth) : (widths[at] ?? 0);
        const padded =
          columns[at]?.align === 'right' ? ' '.repeat(Math.max(0, room - textWidth(text))) + text : fitText(text, room);
        const isLast = place === kept.length - 1;
        return [{ text: isLast ? padded : padded + ' '.repeat(gap), tone }];
      }),
    );
  const headers = lineOf('  ', (at) => span(columns[at]?.header ?? '', 'strong'));
  const rows = shown.map((_row, at): Line => ({
    ...lineOf(at === selected ? '> ' : '  ', (column) => cells[column]?.[at] ?? span('')),
    selected: at === selected,
  }));
  return [headers, ...rows];
}

function neededFor(kept: readonly number[], widths: readonly number[]): number {
  return kept.reduce((sum, at) => sum + (widths[at] ?? 0) + gap, -gap);
}

/** Indexes of the columns that there is room for. */
function fitting<Row>(columns: readonly Column<Row>[], widths: readonly number[], width: number): readonly number[] {
  const kept = columns.map((_column, at) => at);
  while (kept.length > 1 && neededFor(kept, widths) > width) {
    const last = kept.reduce((most, at) => ((columns[at]?.rank ?? 0) >= (columns[most]?.rank ?? 0) ? at : most));
    if ((columns[last]?.rank ?? 0) === 0) break;
    kept.splice(kept.indexOf(last), 1);
  }
  return kept;
}
