import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { foldStatus } from '../../core/status/fold.ts';
import { matchesLabels } from '../../core/label-selector.ts';
import { workFromBundle } from '../../core/works/document.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget } from '../../operations/budget.ts';
import { listWorks } from '../../operations/list.ts';
import { openNotices } from '../../output/notices.ts';
import type { ListOptions } from './command.ts';
import { openListOutput } from './output.ts';

/** Prints every page as it arrives, so that memory and the first row do not depend on the number of works. */
export async function run(options: ListOptions, context: Context): Promise<CommandResult> {
  const notices = await openNotices(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  try {
    const output = openListOutput(options, context);
    let shown = 0;
    for await (const page of listWorks(maestro.reader, options, budget)) {
      const wanted = page.filter((bundle) => isWanted(bundle, options));
      const rows = wanted.slice(0, (options.limit ?? Number.POSITIVE_INFINITY) - shown);
      shown += rows.length;
      output.page(rows);
      if (options.limit !== undefined && shown >= options.limit) {
        if (wanted.length > rows.length || page.length > 0) notices.info(`stopped after ${shown} works (--limit)`);
        break;
      }
    }
    output.end();
    if (shown === 0) notices.info('no works found');
    return { exitCode: ExitCode.Done };
  } finally {
    await maestro.close();
  }
}

function isWanted(bundle: ResourceBundle, options: ListOptions): boolean {
  if (options.selector.length > 0 && !matchesLabels(options.selector, workFromBundle(bundle).labels)) return false;
  if (options.states.length === 0) return true;
  const { kind } = foldStatus(bundle, bundle.version);
  return options.states.includes(kind) || (kind === 'available' && options.states.includes('applied'));
}
