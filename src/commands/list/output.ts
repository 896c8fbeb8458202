import type { Context, OutputStream } from '../../context.ts';
import type { JsonObject } from '../../core/json.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { knownSource } from '../../operations/source.ts';
import { renderTemplate } from '../../output/json-path/template.ts';
import { workLine } from '../../output/outcome.ts';
import { openTable, type TableOptions } from '../../output/table.ts';
import { fullDocument, plainDocument, toJson, toYaml } from '../../output/work-document.ts';
import { wideWorkHeaders, wideWorkRow, workHeaders, workRow } from '../../output/work-row.ts';
import type { ListOptions } from './options.ts';

export interface ListOutput {
  page(bundles: readonly ResourceBundle[]): void;
  end(): void;
}

/** The columns that give way on a narrow terminal. */
export const cutColumns: readonly string[] = ['NAME', 'CONSUMER', 'SOURCE'];

/** Prints pages as they come; machine formats are one value in the end, an empty one for no works. */
export function openListOutput(options: ListOptions, context: Context): ListOutput {
  const { stdout } = context;
  const { output } = options;
  switch (output.format) {
    case 'table':
    case 'wide': {
      const rows = openWorkTable(options, context);
      return { page: (bundles) => rows(bundles), end: () => undefined };
    }
    case 'json':
      return jsonArray(stdout);
    case 'yaml':
      return yamlList(stdout, fullDocument);
    case 'manifestwork':
      return yamlList(stdout, plainDocument);
    case 'name':
      return {
        page: (bundles) => bundles.forEach((bundle) => stdout.write(`${workLine(workName(bundle))}\n`)),
        end: () => undefined,
      };
    case 'jsonpath': {
      const items: JsonObject[] = [];
      return {
        page: (bundles) => items.push(...bundles.map((bundle) => fullDocument(bundle))),
        end: () => stdout.write(renderTemplate(output.template, { apiVersion: 'v1', kind: 'List', items }), 'data'),
      };
    }
  }
}

/** Prints works as rows; headers come with the first row. */
export function openWorkTable(
  options: ListOptions,
  context: Context,
): (bundles: readonly ResourceBundle[], change?: (row: readonly string[]) => readonly string[]) => void {
  const tableOptions: TableOptions = { headers: options.headers, cut: cutColumns };
  const wide = options.output.format === 'wide';
  const table = openTable(wide ? wideWorkHeaders : workHeaders, context.stdout, tableOptions);
  return (bundles, change = (row) => row) => {
    const wallMs = context.clock.wallMs();
    const row = (bundle: ResourceBundle): readonly string[] =>
      wide
        ? wideWorkRow(bundle, options.ofSource ?? knownSource(bundle, options.source), wallMs)
        : workRow(bundle, wallMs);
    if (bundles.length > 0) table.rows(bundles.map((bundle) => change(row(bundle))));
  };
}

/**
 * Held back until the end: a list that breaks off must leave one value on stdout, its error, and no half of an array.
 */
function jsonArray(stdout: OutputStream): ListOutput {
  const texts: string[] = [];
  return {
    page: (bundles) => {
      for (const bundle of bundles) texts.push(toJson(fullDocument(bundle)).trimEnd());
    },
    end: () => stdout.write(texts.length === 0 ? '[]\n' : `[\n${texts.join(',\n')}\n]\n`),
  };
}

/** A List, written item by item; apply takes it for its items. */
function yamlList(stdout: OutputStream, document: (bundle: ResourceBundle) => JsonObject): ListOutput {
  let count = 0;
  return {
    page: (bundles) => {
      for (const bundle of bundles) {
        stdout.write(
          `${count === 0 ? 'apiVersion: v1\nkind: List\nitems:\n' : ''}${asItem(toYaml(document(bundle)))}`,
          'data',
        );
        count += 1;
      }
    },
    end: () => {
      if (count === 0) stdout.write('apiVersion: v1\nkind: List\nitems: []\n');
    },
  };
}

/** Indents a document by two, and makes it an item; empty lines stay empty, since block texts may hold them. */
function asItem(yaml: string): string {
  const lines = yaml.trimEnd().split('\n');
  return lines.map((line, index) => `${index === 0 ? '- ' : line === '' ? '' : '  '}${line}\n`).join('');
}
