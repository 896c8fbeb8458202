import type { Context, OutputStream } from '../context.ts';
import type { JsonObject } from '../core/json.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';
import { openPalette } from './colour.ts';
import { openCustomTable } from './custom-table.ts';
import { toJson } from './json.ts';
import { renderTemplate } from './json-path/template.ts';
import { nameLine } from './outcome.ts';
import type { ReadyOutput, WorkFormat } from './output-option.ts';
import { fullDocument, plainDocument } from './work-document.ts';
import { openWorkTable, type TableChoice, type WorkTable } from './work-table.ts';
import { toYaml } from './yaml.ts';

export interface WorkListOptions {
  readonly output: ReadyOutput<WorkFormat>;
  readonly table: TableChoice;
  /** All works are of one consumer, which the user named. */
  readonly oneConsumer: boolean;
  /** False: a table has rows only. */
  readonly headers: boolean;
  /** What stands under SOURCE. */
  readonly sourceOf: (bundle: ResourceBundle) => string;
}

type Place = Pick<Context, 'stdout' | 'clock' | 'env'>;

/** Where stored works go, page by page. */
export interface WorkList {
  page(bundles: readonly ResourceBundle[]): void;
  end(): void;
  /** What a person should be told when it has ended. */
  note?(): string | undefined;
}

/** Prints pages as they come; machine formats are one value in the end, an empty one for no works. */
export async function openWorkList(options: WorkListOptions, place: Place): Promise<WorkList> {
  const { stdout } = place;
  const { output } = options;
  switch (output.format) {
    case 'table':
    case 'wide': {
      const { rows, note } = await openTableOf(options, place);
      return { page: (bundles) => rows(bundles), end: () => undefined, note };
    }
    case 'json':
      return jsonArray(stdout);
    case 'yaml':
      return yamlList(stdout, fullDocument);
    case 'manifestwork':
      return yamlList(stdout, plainDocument);
    case 'name':
      return {
        page: (bundles) => bundles.forEach((bundle) => stdout.write(lineOf(bundle, options))),
        end: () => undefined,
      };
    case 'custom-columns': {
      const rows = openCustomTable(output.columns, stdout, options.headers);
      return { page: (bundles) => rows(bundles.map((bundle) => fullDocument(bundle))), end: () => undefined };
    }
    case 'jsonpath': {
      const items: JsonObject[] = [];
      return {
        page: (bundles) => items.push(...bundles.map((bundle) => fullDocument(bundle))),
        end: () => stdout.write(renderTemplate(output.template, { apiVersion: 'v1', kind: 'List', items }), 'data'),
      };
    }
  }
}

/** Prints one work by itself: machine formats are its document. */
export async function printWork(bundle: ResourceBundle, options: WorkListOptions, place: Place): Promise<void> {
  const { stdout } = place;
  const { output } = options;
  switch (output.format) {
    case 'table':
    case 'wide':
      return (await openTableOf(options, place)).rows([bundle]);
    case 'json':
      return stdout.write(toJson(fullDocument(bundle)));
    case 'yaml':
      return stdout.write(toYaml(fullDocument(bundle)), 'data');
    case 'manifestwork':
      return stdout.write(toYaml(plainDocument(bundle)), 'data');
    case 'name':
      return stdout.write(lineOf(bundle, options));
    case 'custom-columns':
      return openCustomTable(output.columns, stdout, options.headers)([fullDocument(bundle)]);
    case 'jsonpath':
      return stdout.write(renderTemplate(output.template, fullDocument(bundle)), 'data');
  }
}

function lineOf(bundle: ResourceBundle, { oneConsumer }: Pick<WorkListOptions, 'oneConsumer'>): string {
  return nameLine(workName(bundle), bundle.consumerName, oneConsumer);
}

/** A table of works, as the options want it; in colour where that is wanted. */
export async function openTableOf(options: WorkListOptions, place: Place): Promise<WorkTable> {
  const { output, table, oneConsumer, headers, sourceOf } = options;
  const palette = await openPalette(place.stdout, place.env);
  return openWorkTable(
    { wide: output.format === 'wide', choice: table, oneConsumer, headers, sourceOf },
    palette,
    place,
  );
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
