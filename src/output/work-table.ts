import type { Context } from '../context.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Palette } from './colour.ts';
import { openTable, roomNote, type Table } from './table.ts';
import { labelColumn, workColumns, workRow, type WorkColumn, type WorkColumnName } from './work-columns.ts';

/** What the user wants of a table of works. */
export interface TableChoice {
  /** In this order; undefined: those of the format. */
  readonly columns?: readonly WorkColumnName[];
  /** Keys of labels with a column each. */
  readonly labelKeys: readonly string[];
  readonly showLabels: boolean;
}

export interface WorkTableOptions {
  readonly wide: boolean;
  readonly choice: TableChoice;
  /** All rows are of one consumer, which the user named. */
  readonly oneConsumer: boolean;
  /** False: rows only, for scripts. */
  readonly headers: boolean;
  readonly sourceOf: (bundle: ResourceBundle) => string;
}

/** A table of works, of which pages are printed as they come. */
export interface WorkTable {
  /** @param gone Maestro no longer has these works */
  readonly rows: (bundles: readonly ResourceBundle[], gone?: boolean) => void;
  /** What is to be said of it at its end: columns that the terminal had no room for. */
  readonly note: () => string | undefined;
}

/** Columns in their order. */
const usual: readonly WorkColumnName[] = ['name', 'consumer', 'state', 'version', 'age'];
const wide: readonly WorkColumnName[] = [
  'name',
  'consumer',
  'state',
  'version',
  'resources',
  'age',
  'last-report',
  'applied',
  'available',
  'source',
  'id',
];
/** The same columns by what a person can do without last. */
const importance: readonly WorkColumnName[] = [
  'name',
  'consumer',
  'state',
  'version',
  'age',
  'last-report',
  'resources',
  'source',
  'applied',
  'available',
  'id',
];

/** Prints works as rows; headers come with the first row. */
export function openWorkTable(
  options: WorkTableOptions,
  palette: Palette,
  { stdout, clock }: Pick<Context, 'stdout' | 'clock'>,
): WorkTable {
  let opened: { readonly columns: readonly PlacedColumn[]; readonly table: Table } | undefined;
  return {
    rows: (bundles, gone = false) => {
      if (bundles.length === 0) return;
      const wallMs = clock.wallMs();
      opened ??= openWith(columnsOf(options, bundles, stdout.isTTY));
      const { columns, table } = opened;
      table.rows(
        bundles.map((bundle) => {
          const row = workRow(bundle, { source: options.sourceOf(bundle), wallMs, palette, gone });
          return columns.map(({ cell }) => cell(row));
        }),
      );
    },
    note: () => {
      const headers = opened?.table.leftOut() ?? [];
      return headers.length === 0 ? undefined : roomNote(headers);
    },
  };

  function openWith(columns: readonly PlacedColumn[]): NonNullable<typeof opened> {
    return { columns, table: openTable(columns, stdout, { headers: options.headers }) };
  }
}

type PlacedColumn = WorkColumn & { readonly rank?: number; readonly asked?: boolean };

/** @param first the first page, which tells whether names hold their consumers */
function columnsOf(
  { wide: isWide, choice, oneConsumer }: WorkTableOptions,
  first: readonly ResourceBundle[],
  isTTY: boolean,
): readonly PlacedColumn[] {
  const labels = [
    ...choice.labelKeys.map((key) => labelColumn(key)),
    ...(choice.showLabels ? [workColumns.labels] : []),
  ];
  const asked = (column: WorkColumn): PlacedColumn => ({ ...column, asked: true });
  if (choice.columns !== undefined)
    return [...choice.columns.map((name) => asked(workColumns[name])), ...labels.map((column) => asked(column))];
  // In a pipe the places of columns do not depend on what was asked for.
  const names = (isWide ? wide : usual).filter((name) => name !== 'consumer' || isWide || !oneConsumer || !isTTY);
  const telling = first.every((bundle) => workName(bundle).includes(bundle.consumerName));
  const rankOf = (name: WorkColumnName): number =>
    name === 'consumer' && (telling || oneConsumer) ? importance.length : importance.indexOf(name);
  return [
    ...names.map((name) => ({ ...workColumns[name], rank: rankOf(name) })),
    ...labels.map((column) => asked(column)),
  ];
}
