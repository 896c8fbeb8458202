import type { CommandResult } from '../../command-line/command-spec.ts';
import { refuseWithoutTerminal } from '../../command-line/confirm.ts';
import type { Context } from '../../context.ts';
import { openReporter } from '../../output/reporter.ts';
import { editWork } from '../shared/change/edit-work.ts';
import { terminalHost } from '../shared/change/send-change.ts';
import { refuseEditorWithoutTerminal } from '../shared/change/work-editor.ts';
import type { EditOptions } from './options.ts';

/** Edits one work, and writes it when somebody agrees. */
export async function run(options: EditOptions, context: Context): Promise<CommandResult> {
  refuseEditorWithoutTerminal(context);
  if (!options.yes) refuseWithoutTerminal(context);
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const host = terminalHost(options, context, reporter);
  return { outcome: { works: [await editWork(options.address, options, context, { host, reporter })] } };
}
