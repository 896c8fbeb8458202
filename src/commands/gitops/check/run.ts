import type { CommandResult } from '../../../command-line/command-spec.ts';
import { isUnverified, unverifiedWarning } from '../../../clients/connection.ts';
import type { Context } from '../../../context.ts';
import { ExitCode } from '../../../exit-code.ts';
import { examineHub } from '../../../gitops/check/examine-hub.ts';
import { withHub } from '../shared/with-hub.ts';
import type { GitopsCheckOptions } from './options.ts';
import { printChecks } from './output.ts';

/** Looks at everything, prints all of it once; whatever does not hold decides the exit code. */
export async function run(options: GitopsCheckOptions, context: Context): Promise<CommandResult> {
  return withHub(options, context, async ({ kube, maestro, hubId, budget, reporter }) => {
    if (isUnverified(options.settings)) reporter.warn(unverifiedWarning);
    const checked = await examineHub(
      { ...options, namesAll: options.all },
      { kube, maestro, hubId, onProgress: (what) => reporter.progress(what), onNotice: (text) => reporter.warn(text) },
      budget,
    );
    reporter.end();
    await printChecks(checked, options, context);
    return { exitCode: checked.holds ? ExitCode.Done : ExitCode.OutcomeFailed };
  });
}
