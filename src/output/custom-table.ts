import type { OutputStream } from '../context.ts';
import type { JsonValue } from '../core/json.ts';
import { customCell, type CustomColumn } from './custom-columns.ts';
import { openTable } from './table.ts';

/** A table of such columns; nothing in it is left out or cut, because the user chose it. */
export function openCustomTable(
  columns: readonly CustomColumn[],
  stdout: OutputStream,
  headers: boolean,
): (documents: readonly JsonValue[]) => void {
  const table = openTable(
    columns.map(({ header }) => ({ header, asked: true })),
    stdout,
    { headers },
  );
  return (documents) => {
    if (documents.length > 0)
      table.rows(documents.map((document) => columns.map((column) => customCell(column, document))));
  };
}
