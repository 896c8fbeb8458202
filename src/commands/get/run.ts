import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget } from '../../operations/budget.ts';
import { readForShowing } from '../../operations/find-work.ts';
import { knownSource } from '../../operations/source.ts';
import { renderTemplate } from '../../output/json-path/template.ts';
import { workLine } from '../../output/outcome.ts';
import { openTable } from '../../output/table.ts';
import { fullDocument, plainDocument, toJson, toYaml } from '../../output/work-document.ts';
import { wideWorkHeaders, wideWorkRow, workHeaders, workRow } from '../../output/work-row.ts';
import type { GetOptions } from './options.ts';

export async function run(options: GetOptions, context: Context): Promise<CommandResult> {
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    const bundle = await readForShowing(maestro.reader, options.address, options.source, budget);
    const wallMs = context.clock.wallMs();
    const { output } = options;
    const tableOptions = { headers: options.headers };
    switch (output.format) {
      case 'yaml':
        context.stdout.write(toYaml(fullDocument(bundle)), 'data');
        break;
      case 'json':
        context.stdout.write(toJson(fullDocument(bundle)));
        break;
      case 'manifestwork':
        context.stdout.write(toYaml(plainDocument(bundle)), 'data');
        break;
      case 'table':
        openTable(workHeaders, context.stdout, tableOptions).rows([workRow(bundle, wallMs)]);
        break;
      case 'wide':
        openTable(wideWorkHeaders, context.stdout, tableOptions).rows([
          wideWorkRow(bundle, knownSource(bundle, options.source), wallMs),
        ]);
        break;
      case 'name':
        context.stdout.write(`${workLine(workName(bundle))}\n`);
        break;
      case 'jsonpath':
        context.stdout.write(renderTemplate(output.template, fullDocument(bundle)), 'data');
        break;
    }
    return { exitCode: ExitCode.Done };
  } finally {
    await maestro.close();
  }
}
