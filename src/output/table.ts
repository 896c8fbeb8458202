import stringWidth from 'string-width';
import type { OutputStream } from '../context.ts';

/** A table that is printed while its rows still arrive. */
export interface Table {
  /** Prints rows; the widths of the first call hold, and grow when a later cell is wider. */
  rows(rows: readonly (readonly string[])[]): void;
}

const gap = '   ';

/** Columns as kubectl prints them: headers in capitals, three spaces between, no lines. */
export function openTable(headers: readonly string[], stream: OutputStream): Table {
  const widths = headers.map((header) => stringWidth(header));
  let started = false;
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)))))
      .join(gap)
      .trimEnd();
  return {
    rows: (rows) => {
      for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, stringWidth(cell))));
      if (!started) stream.write(`${line(headers)}\n`);
      started = true;
      if (rows.length > 0) stream.write(`${rows.map((row) => line(row)).join('\n')}\n`);
    },
  };
}
