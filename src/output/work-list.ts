import type { Context, OutputStream } from '../context.ts';
import type { JsonObject } from '../core/json.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { toJson } from './json.ts';
import { renderTemplate } from './json-path/template.ts';
import { workLine } from './outcome.ts';
import type { OutputOption, WorkFormat } from './output-option.ts';
import { openTable } from './table.ts';
import { fullDocument, plainDocument } from './work-document.ts';
import { wideWorkHeaders, wideWorkRow, workHeaders, workRow } from './work-row.ts';
import { toYaml } from './yaml.ts';

export interface WorkListOptions {
  readonly output: OutputOption<WorkFormat>;
  /** False: a table has rows only. */
  readonly headers: boolean;
  /** What stands under SOURCE. */
  readonly sourceOf: (bundle: ResourceBundle) => string;
}

type Place = Pick<Context, 'stdout' | 'clock'>;

/** Where stored works go, page by page. */
export interface WorkList {
  page(bundles: readonly ResourceBundle[]): void;
  end(): void;
}

/** The columns that give way on a narrow terminal. */
const cutColumns: readonly string[] = ['NAME', 'CONSUMER', 'SOURCE'];

/** Prints pages as they come; machine formats are one value in the end, an empty one for no works. */
export function openWorkList(options: WorkListOptions, place: Place): WorkList {
  const { stdout } = place;
  const { output } = options;
  switch (output.format) {
    case 'table':
    case 'wide': {
      const rows = openWorkTable(options, place);
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

/** Prints one work by itself: machine formats are its document, and nothing in its row is cut. */
export function printWork(bundle: ResourceBundle, options: WorkListOptions, place: Place): void {
  const { stdout } = place;
  const { output } = options;
  switch (output.format) {
    case 'table':
    case 'wide':
      return openWorkTable(options, place, [])([bundle]);
    case 'json':
      return stdout.write(toJson(fullDocument(bundle)));
    case 'yaml':
      return stdout.write(toYaml(fullDocument(bundle)), 'data');
    case 'manifestwork':
      return stdout.write(toYaml(plainDocument(bundle)), 'data');
    case 'name':
      return stdout.write(`${workLine(workName(bundle))}\n`);
    case 'jsonpath':
      return stdout.write(renderTemplate(output.template, fullDocument(bundle)), 'data');
  }
}

/** Prints works as rows; headers come with the first row. */
export function openWorkTable(
  options: WorkListOptions,
  { stdout, clock }: Place,
  cut = cutColumns,
): (bundles: readonly ResourceBundle[], change?: (row: readonly string[]) => readonly string[]) => void {
  const wide = options.output.format === 'wide';
  const table = openTable(wide ? wideWorkHeaders : workHeaders, stdout, { headers: options.headers, cut });
  return (bundles, change = (row) => row) => {
    const wallMs = clock.wallMs();
    const row = (bundle: ResourceBundle): readonly string[] =>
      wide ? wideWorkRow(bundle, options.sourceOf(bundle), wallMs) : workRow(bundle, wallMs);
    if (bundles.length > 0) table.rows(bundles.map((bundle) => change(row(bundle))));
  };
}

/**
 * Held back until the end: a list that breaks off must leave one value on stdout, its error, and no half of an array.
 */
function jsonArray(stdout: OutputStream): WorkList {
  const texts: string[] = [];
  return {
    page: (bundles) => {
      for (const bundle of bundles) texts.push(toJson(fullDocument(bundle)).trimEnd());
    },
    end: () => stdout.write(texts.length === 0 ? '[]\n' : `[\n${texts.join(',\n')}\n]\n`),
  };
}

/** A List, written item by item; apply takes it for its items. */
function yamlList(stdout: OutputStream, document: (bundle: ResourceBundle) => JsonObject): WorkList {
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
