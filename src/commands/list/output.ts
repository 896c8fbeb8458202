import type { Context } from '../../context.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { knownSource } from '../../operations/source.ts';
import { workLine } from '../../output/outcome.ts';
import { openTable } from '../../output/table.ts';
import { fullDocument, plainDocument, toJson, toYaml } from '../../output/work-document.ts';
import { wideWorkHeaders, wideWorkRow, workHeaders, workRow } from '../../output/work-row.ts';
import type { ListOptions } from './command.ts';

export interface ListOutput {
  page(bundles: readonly ResourceBundle[]): void;
  end(): void;
}

/** Prints pages as they come; machine formats are one value in the end, `[]` for none. */
export function openListOutput(options: ListOptions, context: Context): ListOutput {
  const { stdout } = context;
  const nowMs = context.clock.nowMs();
  switch (options.output) {
    case 'table': {
      const table = openTable(workHeaders, stdout);
      return { page: (bundles) => printRows(table, bundles.map((bundle) => workRow(bundle, nowMs))), end: () => undefined };
    }
    case 'wide': {
      const table = openTable(wideWorkHeaders, stdout);
      const row = (bundle: ResourceBundle): readonly string[] =>
        wideWorkRow(bundle, options.ofSource ?? knownSource(bundle, options.source), nowMs);
      return { page: (bundles) => printRows(table, bundles.map(row)), end: () => undefined };
    }
    case 'json':
      return jsonArray(stdout);
    case 'yaml':
      return documents(stdout, (bundle) => toYaml(fullDocument(bundle)));
    case 'manifestwork':
      return documents(stdout, (bundle) => toYaml(plainDocument(bundle)));
    case 'name':
      return {
        page: (bundles) => bundles.forEach((bundle) => stdout.write(`${workLine(workName(bundle))}\n`)),
        end: () => undefined,
      };
  }
}

function printRows(table: ReturnType<typeof openTable>, rows: readonly (readonly string[])[]): void {
  if (rows.length > 0) table.rows(rows);
}

function jsonArray(stdout: Context['stdout']): ListOutput {
  let count = 0;
  return {
    page: (bundles) => {
      for (const bundle of bundles) {
        stdout.write(`${count === 0 ? '[' : ','}\n${toJson(fullDocument(bundle)).trimEnd()}`);
        count += 1;
      }
    },
    end: () => stdout.write(count === 0 ? '[]\n' : '\n]\n'),
  };
}

/** A stream of YAML documents, which apply takes as several works. */
function documents(stdout: Context['stdout'], print: (bundle: ResourceBundle) => string): ListOutput {
  let count = 0;
  return {
    page: (bundles) => {
      for (const bundle of bundles) {
        stdout.write(`${count === 0 ? '' : '---\n'}${print(bundle)}`);
        count += 1;
      }
    },
    end: () => {
      if (count === 0) stdout.write('[]\n');
    },
  };
}
