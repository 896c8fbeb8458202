import type { OutputStream } from '../../context.ts';
import type { Palette } from '../../output/colour.ts';
import { openTable, type Cell, type Column } from '../../output/table.ts';

/** What a description is printed on. */
export interface Page {
  /** Of the terminal; Infinity in a pipe. */
  readonly columns: number;
  readonly palette: Palette;
  readonly wallMs: number;
}

/** A heading with lines below it; nothing for no lines. */
export function section(title: string, lines: readonly string[], { palette }: Page): readonly string[] {
  return lines.length === 0 ? [] : [palette.heading(`${title}:`), ...lines];
}

/** A table as lines, set in. */
export function tableLines(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  page: Page,
  indent = '  ',
): readonly string[] {
  if (rows.length === 0) return [];
  const lines: string[] = [];
  const stream: OutputStream = {
    write: (text) => lines.push(...text.trimEnd().split('\n')),
    isTTY: Number.isFinite(page.columns),
    columns: page.columns - indent.length,
  };
  openTable(columns, stream).rows(rows);
  return lines.map((line) => `${indent}${line}`);
}
