import { textWidth } from '../core/text-width.ts';
import type { OutputStream } from '../context.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth, padToWidth } from './one-line.ts';

/** A text in a table, and what it is painted with once its width is known. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** A column of a table; a header by itself is a column without any wishes. */
export interface Column {
  readonly header: string;
  /** Sentences: on a terminal that is too narrow they end in an ellipsis. Nothing else is ever cut. */
  readonly text?: boolean;
  /** Where not all columns fit, those of the highest rank are left out; the place in the table when absent. */
  readonly rank?: number;
  /** The user named it: it is there and whole, even where lines then are longer than the terminal. */
  readonly asked?: boolean;
  /** Where later cells are known to be wider than the first ones; of sentences, what they are not cut below. */
  readonly least?: number;
}

/** A table that is printed while its rows still arrive. */
export interface Table {
  /** Prints rows; columns and widths of the first call hold as long as later rows fit them. */
  rows(rows: readonly (readonly Cell[])[]): void;
  /** Headers of the columns that the terminal had no room for. */
  leftOut(): readonly string[];
}

export interface TableOptions {
  /** False: rows only, for scripts. */
  readonly headers?: boolean;
}

const gap = '   ';
/** A sentence cut shorter than this says nothing any more. */
const leastText = 12;

/**
 * Columns as kubectl prints them: headers in capitals, three spaces between, no lines. This is the one place that
 * decides what a narrow terminal sees: sentences get shorter first, then there is a column less, and what is in a
 * column is whole, because names are there to be told apart and copied. In a pipe there are all columns, uncut.
 */
export function openTable(
  columns: readonly (string | Column)[],
  stream: OutputStream,
  options: TableOptions = {},
): Table {
  const all = columns.map((column) => (typeof column === 'string' ? { header: column } : column));
  const headed = options.headers !== false;
  const widths = all.map(({ header, least = 0 }) => Math.max(headed ? textWidth(header) : 0, least));
  const place = new Layout(all, widths);
  let shown: readonly number[] | undefined;
  return {
    rows: (rows) => {
      const cells = rows.map((row) => row.map((cell) => harmless(cell)));
      for (const row of cells)
        row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, textWidth(textOf(cell)))));
      const room = stream.isTTY ? (stream.columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
      const chosen = place.choose(room, shown);
      // With a column less, what stands above is no longer the header of what follows.
      const heads = headed && chosen.length !== shown?.length ? [all.map(({ header }) => header)] : [];
      shown = chosen;
      const limits = place.limits(chosen, room);
      stream.write([...heads, ...cells].map((row) => `${lineOf(row, chosen, limits)}\n`).join(''));
    },
    leftOut: () =>
      shown === undefined
        ? []
        : all.filter((_column, index) => shown?.includes(index) === false).map((one) => one.header),
  };
}

/** Tells a person of columns that the terminal had no room for. */
export function roomNote(leftOut: readonly string[]): string {
  return `the terminal has no room for ${leftOut.join(', ')}; --columns chooses what is shown, and a pipe gets all`;
}

/** Which columns there is room for, and how wide each may be. */
class Layout {
  readonly #columns: readonly Column[];
  readonly #widths: readonly number[];

  /** @param widths of all cells so far; grows from outside */
  constructor(columns: readonly Column[], widths: readonly number[]) {
    this.#columns = columns;
    this.#widths = widths;
  }

  /**
   * Columns that fit into a room, in their order: the first of them by rank in any case, then by rank whatever still
   * fits.
   *
   * @param among what may be chosen; all when absent
   */
  choose(room: number, among?: readonly number[]): readonly number[] {
    const rankOf = (index: number): number => this.#columns[index]?.rank ?? index;
    const may = among ?? this.#columns.map((_column, index) => index);
    const taken: number[] = [];
    let used = -gap.length;
    for (const index of may.toSorted((left, right) => rankOf(left) - rankOf(right))) {
      const needs = gap.length + this.#leastWidth(index);
      if (taken.length > 0 && this.#columns[index]?.asked !== true && used + needs > room) continue;
      taken.push(index);
      used += needs;
    }
    return taken.sort((left, right) => left - right);
  }

  /** Widths of the chosen columns by their place in the table; sentences share what is left for them. */
  limits(chosen: readonly number[], room: number): readonly number[] {
    const limits = [...this.#widths];
    let excess = chosen.reduce((sum, index) => sum + (limits[index] ?? 0), gap.length * (chosen.length - 1)) - room;
    while (excess > 0) {
      let widest: number | undefined;
      for (const index of chosen) {
        const width = limits[index] ?? 0;
        if (width > this.#leastWidth(index) && (widest === undefined || width > (limits[widest] ?? 0))) widest = index;
      }
      if (widest === undefined) break;
      limits[widest] = (limits[widest] ?? 0) - 1;
      excess -= 1;
    }
    return limits;
  }

  #leastWidth(index: number): number {
    const width = this.#widths[index] ?? 0;
    const { text = false, asked = false, least = leastText } = this.#columns[index] ?? {};
    return text && !asked ? Math.min(width, least) : width;
  }
}

function lineOf(row: readonly Cell[], chosen: readonly number[], limits: readonly number[]): string {
  return chosen
    .map((index, at) => {
      const cell = row[index] ?? '';
      const text = cutToWidth(textOf(cell), limits[index] ?? 0);
      const painted = typeof cell === 'string' ? text : cell.paint(text);
      // Spaces stand behind the paint: a terminal may show an attribute on spaces, too.
      return at === chosen.length - 1 ? painted : painted + padToWidth(text, limits[index] ?? 0).slice(text.length);
    })
    .join(gap)
    .trimEnd();
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function harmless(cell: Cell): Cell {
  return typeof cell === 'string' ? oneLine(cell) : { ...cell, text: oneLine(cell.text) };
}
