import { textWidth } from '../core/text-width.ts';
import type { OutputStream } from '../context.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth, padToWidth } from './one-line.ts';

/** A table that is printed while its rows still arrive. */
export interface Table {
  /** Prints rows; the widths of the first call hold, and grow when a later cell is wider. */
  rows(rows: readonly (readonly string[])[]): void;
}

export interface TableOptions {
  /** False: rows only, for scripts. */
  readonly headers?: boolean;
  /**
   * Headers of the columns that may be cut on a terminal that is too narrow.
   * In a pipe nothing is ever cut; ids never are, since they are there to be copied.
   */
  readonly cut?: readonly string[];
  /** Least widths by header, where later rows are known to be wider than the first. */
  readonly least?: Readonly<Record<string, number>>;
}

const gap = '   ';
/** A cell cut shorter than this says nothing any more. */
const leastWidth = 12;

/** Columns as kubectl prints them: headers in capitals, three spaces between, no lines. */
export function openTable(headers: readonly string[], stream: OutputStream, options: TableOptions = {}): Table {
  const widths = headers.map((header) =>
    Math.max(options.headers === false ? 0 : textWidth(header), options.least?.[header] ?? 0),
  );
  const mayCut = headers.map((header) => stream.isTTY && (options.cut ?? []).includes(header));
  let started = options.headers === false;
  const line = (cells: readonly string[], limits: readonly number[]): string =>
    cells
      .map((cell, index) => cutToWidth(cell, limits[index] ?? Number.POSITIVE_INFINITY))
      .map((cell, index) => (index === cells.length - 1 ? cell : padToWidth(cell, limits[index] ?? 0)))
      .join(gap)
      .trimEnd();
  return {
    rows: (rows) => {
      const cells = rows.map((row) => row.map((cell) => oneLine(cell)));
      for (const row of cells)
        row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, textWidth(cell))));
      const limits = fitted(
        widths,
        mayCut,
        (stream.columns ?? Number.POSITIVE_INFINITY) - gap.length * (headers.length - 1),
      );
      const lines = [...(started ? [] : [headers]), ...cells].map((row) => `${line(row, limits)}\n`);
      started = true;
      stream.write(lines.join(''));
    },
  };
}

/** Takes columns away from the widest cell that may be cut, until all fits or nothing more can be cut. */
function fitted(widths: readonly number[], mayCut: readonly boolean[], available: number): readonly number[] {
  const limits = [...widths];
  let excess = limits.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    let widest: number | undefined;
    limits.forEach((width, index) => {
      if (mayCut[index] === true && width > leastWidth && (widest === undefined || width > (limits[widest] ?? 0)))
        widest = index;
    });
    if (widest === undefined) break;
    limits[widest] = (limits[widest] ?? 0) - 1;
    excess -= 1;
  }
  return limits;
}
